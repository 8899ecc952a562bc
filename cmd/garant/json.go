package main

import (
	"encoding/json"
)

// printJSON prints the one JSON document of a command: indented, signs such as & and < as they are.
func (p *program) printJSON(v any) error {
	encoder := json.NewEncoder(p.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return failed("cli.failed.write", standard, err)
	}
	return nil
}
