package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
)

// The parts of the MongoDB wire protocol that tell what a message asks, where it ends, whether it has a reply.
const (
	headerBytes    = 16         // length, request id, response to, opcode: four little-endian int32
	longestMessage = 48_000_000 // maxMessageSizeBytes of every MongoDB server
	opMessage      = 2013       // OP_MSG: the header, flags (4 bytes), a section's kind (1), a document
	moreToCome     = 1 << 1     // flag: the sender expects no reply
	commandAt      = headerBytes + 4 + 1 + 4 + 1
)

// proxy carries one whole message and its reply at a time, for all connections together. FerretDB v1 reads and writes
// in separate steps, so that two conditional updates at once may both succeed; behind the proxy each command is
// atomic, as it is in MongoDB. Reads may go together, and what drivers ask to know whether the server is alive does
// not wait, or a long command would look like a dead server.
type proxy struct {
	backend string
	turn    sync.RWMutex // held from a message to the end of its reply
	indexes *idIndexes
}

// accept serves connections until the listener is closed, and gives its error.
func (p *proxy) accept(listener net.Listener) error {
	for {
		client, err := listener.Accept()
		if err != nil {
			return err
		}
		go p.carry(client)
	}
}

// carry serves one connection until either side closes it.
func (p *proxy) carry(client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("tcp", p.backend)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	for {
		request, err := readMessage(client)
		if err != nil {
			return
		}
		reply, err := p.inTurn(server, request)
		if err != nil {
			return
		}
		if _, err := client.Write(reply); err != nil {
			return
		}
	}
}

// inTurn sends one message when it may go, and reads its reply.
func (p *proxy) inTurn(server net.Conn, request []byte) ([]byte, error) {
	switch command(request) {
	case "", "hello", "ismaster", "isMaster", "ping", "endSessions":
		return exchange(server, request)
	case "find", "getMore", "aggregate", "count", "killCursors", "listIndexes", "listCollections", "listDatabases":
		p.turn.RLock()
		defer p.turn.RUnlock()
		return exchange(server, request)
	case "insert", "createIndexes", "create":
		p.turn.Lock()
		defer p.turn.Unlock()
		reply, err := exchange(server, request)
		if missing := p.indexes.add(); missing != nil {
			fmt.Fprintln(os.Stderr, "ferrettest:", missing)
		}
		return reply, err
	default:
		p.turn.Lock()
		defer p.turn.Unlock()
		return exchange(server, request)
	}
}

// command gives the name of the command of a message, empty for the older kind that drivers begin with.
func command(message []byte) string {
	if binary.LittleEndian.Uint32(message[12:]) != opMessage || len(message) <= commandAt {
		return ""
	}
	name, _, _ := bytes.Cut(message[commandAt:], []byte{0})
	return string(name)
}

// exchange sends one message and reads the reply, nil when none is expected.
func exchange(server net.Conn, request []byte) ([]byte, error) {
	if _, err := server.Write(request); err != nil {
		return nil, err
	}
	if binary.LittleEndian.Uint32(request[12:]) == opMessage && request[headerBytes]&moreToCome != 0 {
		return nil, nil
	}
	return readMessage(server)
}

// readMessage reads one whole message, header included.
func readMessage(from io.Reader) ([]byte, error) {
	var header [headerBytes]byte
	if _, err := io.ReadFull(from, header[:]); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(header[:])
	if length <= headerBytes || length > longestMessage {
		return nil, fmt.Errorf("message of %d bytes", length)
	}
	message := make([]byte, length)
	copy(message, header[:])
	_, err := io.ReadFull(from, message[headerBytes:])
	return message, err
}
