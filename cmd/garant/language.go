package main

import (
	"strings"

	"github.com/garant-sante/garant/internal/locale"
)

const languageVariable = "GARANT_LANGUAGE"

// chooseLanguage looks for --language before the command line is parsed, so that what is wrong with it is said in the
// language that was asked for. The variable gives the default; French stands without either.
func chooseLanguage(args []string, environment map[string]string) (language locale.Language, spoken bool, err error) {
	language = locale.French
	if code := environment[languageVariable]; code != "" {
		known := false
		if language, known = locale.ParseLanguage(code); !known {
			err = misuse("cli.usage.language", "from", languageVariable, "value", code)
		}
	}
	if len(args) > 0 && strings.HasPrefix(args[0], "__complete") {
		return language, false, nil // the shell asks while the line is being typed
	}
	for i, arg := range args {
		if arg == "--" {
			break
		}
		code, given := strings.CutPrefix(arg, "--language=")
		if arg == "--language" && i+1 < len(args) {
			code, given = args[i+1], true
		}
		if !given {
			continue
		}
		asked, known := locale.ParseLanguage(code)
		if !known {
			return language, true, misuse("cli.usage.language", "from", "--language", "value", code)
		}
		language, spoken, err = asked, true, nil
	}
	return language, spoken, err
}
