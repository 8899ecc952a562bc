package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"
)

// The parts of the MongoDB wire protocol that tell where a message ends and whether it has a reply.
const (
	headerBytes    = 16         // length, request id, response to, opcode: four little-endian int32
	longestMessage = 48_000_000 // maxMessageSizeBytes of every MongoDB server
	opMessage      = 2013       // OP_MSG, whose flags follow the header
	moreToCome     = 1 << 1     // flag: the sender expects no reply
)

// proxy carries one whole message and its reply at a time, for all connections together. FerretDB v1 reads and writes
// in separate steps, so that two conditional updates at once may both succeed; behind the proxy each command is
// atomic, as it is in MongoDB.
type proxy struct {
	backend string
	turn    sync.Mutex // held from a message to the end of its reply
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
		reply, err := p.exchange(server, request)
		if err != nil {
			return
		}
		if _, err := client.Write(reply); err != nil {
			return
		}
	}
}

// exchange sends one message in its turn and reads the reply, nil when none is expected.
func (p *proxy) exchange(server net.Conn, request []byte) ([]byte, error) {
	p.turn.Lock()
	defer p.turn.Unlock()
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
