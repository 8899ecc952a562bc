// Package questionnaires embeds the questions asked of suppliers and the modules they form: YAML that anyone can edit,
// guarded by `garant lint`.
package questionnaires

import "embed"

// Files are the YAML files of the library, the former versions of questions in a folder of their own.
//
// The domain CON lives in continuity.yaml: con.yaml is a reserved name on Windows, which embedding refuses.
//
//go:embed *.yaml history
var Files embed.FS
