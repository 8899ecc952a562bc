// Package clauses embeds the model clauses, their variables and their references: YAML that anyone can edit, guarded by
// `garant lint`.
package clauses

import "embed"

// Files are the YAML files of the library, the document models and the former versions of clauses in folders of their own.
//
// The family CON lives in continuity.yaml: con.yaml is a reserved name on Windows, which embedding refuses.
//
//go:embed *.yaml models/*.yaml history
var Files embed.FS
