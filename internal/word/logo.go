package word

import (
	"archive/zip"
	"bytes"
	"image"
	_ "image/jpeg" // the formats a logo may have
	_ "image/png"
	"strconv"

	"github.com/garant-sante/garant/internal/fault"
)

// The largest logo: its bytes, its sides in pixels, and the box it is printed in, in English metric units
// (360,000 to the centimetre).
const (
	MaxLogo      = 1 << 20
	maxLogoSide  = 4000
	logoWidth    = 4_860_000 // 13.5 cm
	logoHeight   = 576_000   // 1.6 cm
	emuPerPixel  = 9525
	logoRelation = "rIdGarantLogo"
)

// picture is a logo ready to be put in.
type picture struct {
	data                   []byte
	extension, contentType string
	width, height          int // as printed, in English metric units
	number                 int // among the pictures of the blocks, from 1; 0: the logo of the template
	description            string
}

// CheckLogo checks a picture before it is used: PNG or JPEG, of MaxLogo bytes at most. The fault has a key "template.logo-*".
func CheckLogo(data []byte) error {
	if len(data) == 0 {
		return fault.NewInvalid("template.logo-unreadable", "side", maxLogoSide)
	}
	_, err := decodeLogo(data)
	return err
}

// decodeLogo reads the size of a logo: PNG or JPEG. None: nil.
func decodeLogo(data []byte) (*picture, error) {
	if len(data) == 0 {
		return nil, nil
	}
	if len(data) > MaxLogo {
		return nil, fault.NewTooLarge("template.logo-too-big", "limit", MaxLogo>>20)
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width < 1 || config.Height < 1 || config.Width > maxLogoSide || config.Height > maxLogoSide {
		return nil, fault.NewInvalid("template.logo-unreadable", "side", maxLogoSide).Because(err)
	}
	p := &picture{data: data, extension: format, contentType: "image/" + format}
	p.width, p.height = config.Width*emuPerPixel, config.Height*emuPerPixel
	if p.height > logoHeight {
		p.width, p.height = p.width*logoHeight/p.height, logoHeight
	}
	if p.width > logoWidth {
		p.width, p.height = logoWidth, p.height*logoWidth/p.width
	}
	return p, nil
}

// suffix tells pictures of one document apart; the logo has none.
func (p *picture) suffix() string {
	if p.number == 0 {
		return ""
	}
	return "-" + strconv.Itoa(p.number)
}

func (p *picture) part() string { return "media/garant-logo" + p.suffix() + "." + p.extension }

func (p *picture) relation() string { return logoRelation + p.suffix() }

func (p *picture) relationship() string {
	return `<Relationship Id="` + p.relation() + `" Type="` + typePrefix + `image" Target="` + p.part() + `"/>`
}

// write adds the picture to the file, as it is: it is compressed already.
func (p *picture) write(archive *zip.Writer) error {
	file, err := archive.CreateHeader(&zip.FileHeader{Name: "word/" + p.part(), Method: zip.Store, Modified: epoch})
	if err != nil {
		return err
	}
	_, err = file.Write(p.data)
	return err
}

// paragraph gives the paragraph that stands for {{logo}}. Without a logo there is none, but where a table cell
// or a text box needs one.
func (p *picture) paragraph(place placeholder, t *Template) string {
	if p == nil {
		if place.inBody && place.sectPr == "" {
			return ""
		}
		return `<w:p>` + place.properties + endOfParagraph
	}
	return `<w:p>` + place.properties + p.drawing(t.nextDrawing) + endOfParagraph
}

// drawing gives the run that shows the picture.
func (p *picture) drawing(number int) string {
	size := `cx="` + strconv.Itoa(p.width) + `" cy="` + strconv.Itoa(p.height) + `"`
	id := strconv.Itoa(number)
	description := "Logo"
	if p.description != "" {
		description = string(appendText(nil, oneLine(p.description)))
	}
	return `<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">` +
		`<wp:extent ` + size + `/><wp:docPr id="` + id + `" name="Logo` + p.suffix() + `" descr="` + description + `"/>` +
		`<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">` +
		`<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr><pic:cNvPr id="` + id + `" name="Logo"/><pic:cNvPicPr/></pic:nvPicPr>` +
		`<pic:blipFill><a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="` + p.relation() + `"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>` +
		`<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext ` + size + `/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>` +
		`</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`
}
