package frontend

// Trouble is what an error page says.
type Trouble struct {
	Status   int    // HTTP: 400, 403, 404, 409, 413, 415, 422, 429, 503; anything else is said as 500
	Message  string // the fault in words, instead of the general text; or empty
	Incident string // number under which the log holds the details, or empty
}

func (t Trouble) title(v View) string {
	switch t.Status {
	case 403:
		return v.T("layout.trouble.forbidden.title")
	case 404, 405:
		return v.T("layout.trouble.not-found.title")
	case 409:
		return v.T("layout.trouble.conflict.title")
	case 400, 415, 422:
		return v.T("layout.trouble.invalid.title")
	case 413:
		return v.T("layout.trouble.too-large.title")
	case 429:
		return v.T("layout.trouble.too-many.title")
	case 502, 503, 504:
		return v.T("layout.trouble.unavailable.title")
	}
	return v.T("layout.trouble.failed.title")
}

func (t Trouble) text(v View) string {
	if t.Message != "" {
		return t.Message
	}
	switch t.Status {
	case 403:
		return v.T("layout.trouble.forbidden.text")
	case 404, 405:
		return v.T("layout.trouble.not-found.text")
	case 409:
		return v.T("layout.trouble.conflict.text")
	case 400, 415, 422:
		return v.T("layout.trouble.invalid.text")
	case 413:
		return v.T("layout.trouble.too-large.text")
	case 429:
		return v.T("layout.trouble.too-many.text")
	case 502, 503, 504:
		return v.T("layout.trouble.unavailable.text")
	}
	return v.T("layout.trouble.failed.text")
}
