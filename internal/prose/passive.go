package prose

import (
	"regexp"
	"slices"
	"strings"
)

// A French passive is an auxiliary and a past participle. Only that of a main clause is an obligation: “lorsque la faille est
// exploitée” asks nothing of anybody.
var (
	auxiliaries   = []string{"est", "sont", "sera", "seront", "être"}
	subordinators = []string{
		"que", "qu", "qui", "dont", "où", "lorsque", "lorsqu", "si", "s", "quand", "comme", "puisque", "puisqu", "quel", "quelle",
		"quels", "quelles", "laquelle", "lequel", "lesquels", "lesquelles", "duquel", "tant", "dès", "selon", "ce", "c", "il",
	}
	// between the auxiliary and its participle
	betweenWords = []string{"pas", "plus", "jamais", "ni", "ensuite", "alors", "aussi", "également", "toujours", "tous", "toutes", "donc", "ainsi", "seul", "seule", "seuls", "seules", "à", "nouveau"}
	// the participles that end as other words do
	irregular = []string{
		"mis", "remis", "transmis", "soumis", "admis", "permis", "émis", "pris", "repris", "fait", "dit", "écrit", "inscrit", "décrit", "ouvert",
		"couvert", "découvert", "offert", "détruit", "produit", "conduit", "construit", "réduit", "traduit", "joint", "restreint", "lu", "vu", "prévu", "revu", "connu", "reconnu",
		"maintenu", "obtenu", "retenu", "contenu", "détenu", "reçu", "rendu", "vendu", "suspendu", "résolu", "inclus", "exclu", "conclu", "défini", "fourni",
		"garanti", "choisi", "saisi", "rempli", "averti", "établi", "suivi", "rétabli", "fini", "puni", "interdit", "requis", "acquis", "perdu", "répondu",
	}
	participle = regexp.MustCompile(`^\p{L}{2,}(?:é|ée|és|ées)$`)
	// what stands after être without being done by anybody: states, and verbs whose past takes être
	states = []string{
		"réputé", "tenu", "situé", "fondé", "né", "allé", "arrivé", "entré", "resté", "tombé", "passé", "devenu", "survenu", "intervenu", "parvenu", "venu", "parti", "habilité", "lié", "limité",
		"âgé", "dû", "libéré", "dispensé", "exonéré", "privé", "égal", "concerné", "destiné", "proportionné",
	}
	// what follows “par” and is no agent
	means = []string{
		"écrit", "voie", "courriel", "mois", "an", "jour", "défaut", "exemple", "ailleurs", "lot", "semaine", "trimestre", "rapport", "type", "avance", "conséquent", "mesure", "principe", "nature",
	}
)

// passives finds the passives of main clauses without somebody who acts.
func (s Sentence) passives() []string {
	var found []string
	parts := strings.FieldsFunc(s.Text, func(r rune) bool { return strings.ContainsRune(",;:()«»", r) })
	for i, part := range parts {
		in := words(part)
		for at, word := range in {
			if !slices.Contains(auxiliaries, word) || slices.ContainsFunc(in[:at], isSubordinator) {
				continue
			}
			if i > 0 && continuesSubordinate(parts[i-1]) {
				continue
			}
			next := at + 1
			for next < len(in) && (slices.Contains(betweenWords, in[next]) || strings.HasSuffix(in[next], "ment")) {
				next++
			}
			if next < len(in) && isParticiple(in[next]) && !hasAgent(append(in[next+1:], words(strings.Join(parts[i+1:], " "))...)) {
				found = append(found, strings.Join(in[at:next+1], " "))
			}
		}
	}
	return found
}

func isSubordinator(word string) bool { return slices.Contains(subordinators, word) }

// continuesSubordinate tells that the part before a comma is the beginning of a subordinate clause, without its verb:
// “lorsque, pour un composant, …”.
func continuesSubordinate(before string) bool {
	in := words(before)
	return len(in) > 0 && isSubordinator(in[0]) && len(in) < 4
}

func isParticiple(word string) bool {
	base := strings.TrimSuffix(strings.TrimSuffix(word, "s"), "e")
	if slices.Contains(states, base) || slices.Contains(states, word) {
		return false
	}
	return participle.MatchString(word) || slices.Contains(irregular, word) || slices.Contains(irregular, base) || slices.Contains(irregular, base+"s")
}

func hasAgent(after []string) bool {
	for i, word := range after {
		if word == "par" && i+1 < len(after) && !slices.Contains(means, after[i+1]) {
			return true
		}
	}
	return false
}
