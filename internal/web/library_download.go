package web

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/publication"
)

// download is the library as a file, and the mark by which a browser knows that it has it already.
type download struct {
	data []byte
	mark string
}

type downloadKey struct {
	format   publication.Format
	language locale.Language
}

// newDownloads prepares each file that the library can be downloaded as. One is written when it is first asked for, and
// kept: whoever asks again costs no more than its bytes.
func newDownloads(parts Parts) map[downloadKey]func() (download, error) {
	files := map[downloadKey]func() (download, error){}
	for _, l := range locale.Languages() {
		for _, f := range publication.Formats() {
			files[downloadKey{f, l}] = sync.OnceValues(func() (download, error) {
				data, err := publication.Write(f, parts.Words.In(l), parts.Clauses, parts.Questions)
				sum := sha256.Sum256(data)
				return download{data, `"` + hex.EncodeToString(sum[:8]) + `"`}, err
			})
		}
	}
	return files
}

func (s *Server) downloadLibrary(c *fiber.Ctx) error {
	p, format := s.printer(c), publication.Format(c.Params("format"))
	write, ok := s.downloads[downloadKey{format, p.Language()}]
	if !ok {
		return fault.NewNotFound("library.no-download", "format", string(format))
	}
	file, err := write()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Set(fiber.HeaderETag, file.mark)
	if c.Get(fiber.HeaderIfNoneMatch) == file.mark {
		return c.SendStatus(fiber.StatusNotModified)
	}
	return attachment(c, p.T("library.file.name")+"-"+s.Clauses.Version+"."+string(format), format.MediaType(), file.data)
}
