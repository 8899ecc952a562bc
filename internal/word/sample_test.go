package word

import (
	"fmt"
	"strings"
)

// article is one article of the sample.
type article struct {
	id, title string
	before    string
	items     []string
	after     []string
	evidence  string
	reference string
}

var sampleArticles = []article{
	{
		id: "PAT_02", title: "Délais de correction selon la criticité",
		before: "Le titulaire corrige toute vulnérabilité affectant la prestation dans un délai fixé selon sa gravité, appréciée par le score CVSS de base que publie l’éditeur du composant ou, à défaut, par celui qu’établit le titulaire :",
		items: []string{
			"**dix (10) jours** lorsque ce score est au moins égal à 9,0 ou lorsque la vulnérabilité est exploitée, quel que soit son score ;",
			"**trente (30) jours** lorsqu’il est compris entre 7,0 et 8,9 ;",
			"**quatre-vingt-dix (90) jours** lorsqu’il est compris entre 4,0 et 6,9.",
		},
		after: []string{
			"Le délai court de la mise à disposition du correctif par l’éditeur ou, pour les composants que le titulaire développe, du jour où il a connaissance de la vulnérabilité.",
			"Lorsqu’il ne peut tenir ce délai, le titulaire en informe l’établissement avant son expiration, met en place une mesure de protection équivalente et propose une date de correction. L’établissement accepte ou refuse cette mesure par écrit.",
		},
		evidence:  "relevé mensuel des vulnérabilités, avec pour chacune son score, sa date de connaissance et sa date de correction.",
		reference: "Références : directive (UE) 2022/2555, art. 21(2)(e) ; ANSSI, guide d’hygiène, mesure 34. Clause PAT-02, version 1.",
	},
	{
		id: "GOV_01", title: "Correspondant sécurité du titulaire",
		before: "Le titulaire désigne, à compter du 1er janvier 2027, un correspondant sécurité compétent et disponible, dont il communique le nom et les coordonnées à l’établissement. Ce correspondant :",
		items: []string{
			"reçoit et instruit les demandes de l’établissement relatives à la sécurité ;",
			"répond sous **cinq (5) jours** ouvrés à toute demande écrite ;",
			"représente le titulaire au comité de suivi de la sécurité.",
		},
		after:     []string{"Tout changement de correspondant est notifié par écrit avant sa prise d’effet. À défaut, l’établissement s’adresse valablement au représentant légal du titulaire."},
		evidence:  "lettre de désignation à jour, coordonnées vérifiées chaque année.",
		reference: "Références : ISO/IEC 27001:2022, A.5.2. Clause GOV-01, version 1.",
	},
	{
		id: "INC_01", title: "Notification des incidents",
		before: "Le titulaire notifie à l’établissement tout incident de sécurité affectant la prestation dans un délai de **vingt-quatre (24) heures** à compter du moment où il en a connaissance. La notification indique :",
		items: []string{
			"la nature de l’incident, sa date et ses effets connus ou probables ;",
			"les données, les systèmes et les personnes concernés ;",
			"les mesures prises ou proposées, et le nom d’un interlocuteur joignable à toute heure.",
		},
		after: []string{
			"Le titulaire complète sa notification au fur et à mesure des constatations. Il remet un rapport final dans un délai de **trente (30) jours**, qui expose les causes, les conséquences et les mesures destinées à éviter le renouvellement.",
			"Le titulaire conserve les traces utiles à l’analyse et les communique à l’établissement sur demande. Il ne communique à des tiers au sujet de l’incident qu’avec l’accord écrit de l’établissement, sauf obligation légale.",
		},
		evidence:  "registre des incidents, notifications horodatées, rapports finaux.",
		reference: "Références : règlement (UE) 2016/679, art. 33 ; code de la santé publique, art. L.1111-8-2. Clause INC-01, version 1.",
	},
	{
		id: "ACC_03", title: "Authentification des comptes",
		before: "Tout accès du titulaire aux systèmes de l’établissement repose sur un compte nominatif et sur une authentification à plusieurs facteurs. Les mots de passe comportent au moins **douze (12) caractères** ; ils sont uniques, ne se déduisent d’aucune information publique et ne sont jamais transmis en clair.",
		after: []string{
			"Les mots de passe par défaut sont changés avant la mise en service. Les comptes de service sont recensés, limités aux droits nécessaires et renouvelés au moins une fois par an.",
			"Les comptes inutilisés depuis plus de **quatre-vingt-dix (90) jours** sont désactivés. Le départ d’un intervenant entraîne la suppression de ses accès dans un délai d’**un (1) jour**.",
		},
		evidence:  "extrait du paramétrage, revue semestrielle des comptes signée par le correspondant sécurité.",
		reference: "Références : ANSSI, recommandations relatives à l’authentification, R.23. Clause ACC-03, version 1.",
	},
	{
		id: "SAU_01", title: "Sauvegardes et restauration",
		before: "Le titulaire sauvegarde les données de la prestation au moins **une (1) fois** par jour. Une copie est conservée hors ligne, ou sur un support qui ne peut être modifié pendant sa durée de rétention, dans un lieu distinct du lieu de production.",
		after: []string{
			"Le titulaire garantit un taux de disponibilité de **99,9 %** par mois, une perte maximale de données de **quatre (4) heures** et une reprise du service en **huit (8) heures**.",
			"Il éprouve la restauration au moins deux fois par an, sur un échantillon représentatif choisi avec l’établissement, et lui en remet le compte rendu. Un essai infructueux est renouvelé sous **trente (30) jours**.",
		},
		evidence:  "journal des sauvegardes, comptes rendus d’essai de restauration.",
		reference: "Références : directive (UE) 2022/2555, art. 21(2)(c) ; ANSSI, guide d’hygiène, mesure 37. Clause SAU-01, version 1.",
	},
}

var sampleChapters = []string{
	"Gouvernance de la sécurité", "Correctifs et vulnérabilités", "Accès et identités", "Sauvegardes et continuité", "Gestion des incidents",
	"Confidentialité", "Données à caractère personnel", "Hébergement de données de santé",
}

// emphasis reads **bold** and _italic_ of the sample's texts.
func emphasis(text string) []Run {
	var runs []Run
	for i, part := range strings.Split(text, "**") {
		if part != "" {
			runs = append(runs, Run{Text: part, Bold: i%2 == 1})
		}
	}
	return runs
}

func (a article) blocks(n int) Marked {
	blocks := []Block{Heading{Level: 2, Numbered: true, Text: a.title}, Paragraph{Runs: emphasis(a.before)}}
	if len(a.items) > 0 {
		list := List{Ordered: n%3 == 1}
		for _, item := range a.items {
			list.Items = append(list.Items, ListItem{Runs: emphasis(item)})
		}
		blocks = append(blocks, list)
	}
	for _, after := range a.after {
		blocks = append(blocks, Paragraph{Runs: emphasis(after)})
	}
	blocks = append(blocks,
		Paragraph{Style: Evidence, Runs: []Run{{Text: "Preuve : ", Italic: true}, {Text: a.evidence}}, KeepNext: true},
		Paragraph{Style: Reference, Runs: Text(a.reference)})
	return Marked{Bookmark: fmt.Sprintf("garant_%s_%d", a.id, n), Blocks: blocks}
}

// sample is an annex of the given number of articles.
func sample(articles int) Document {
	name := "Centre hospitalier de Vallombreuse"
	var body []Block
	for n := range articles {
		if n%4 == 0 {
			body = append(body, Heading{Level: 1, Numbered: true, Text: sampleChapters[n/4%len(sampleChapters)]})
		}
		body = append(body, sampleArticles[n%len(sampleArticles)].blocks(n))
	}
	row := func(cells ...string) []Cell {
		var row []Cell
		for _, cell := range cells {
			row = append(row, Cell{Runs: emphasis(cell)})
		}
		return row
	}
	figures := Table{
		Columns:   []Column{{Title: "Article", Width: 12}, {Title: "Engagement", Width: 52}, {Title: "Valeur", Width: 20, Align: Right}, {Title: "Clause", Width: 16}},
		HeaderRow: true, Caption: "Tableau des engagements chiffrés", Description: "Un engagement par ligne : son article, sa valeur, sa clause.",
	}
	texts := Table{
		Columns:   []Column{{Title: "Texte", Width: 40}, {Title: "Objet", Width: 40}, {Title: "Articles", Width: 20}},
		HeaderRow: true, Caption: "Correspondance avec les textes",
	}
	for n := range articles {
		number := fmt.Sprintf("%d.%d", n/4+1, n%4+1)
		figures.Rows = append(figures.Rows, row(number, "Correction d’une vulnérabilité critique", fmt.Sprintf("%d jours", n+1), "PAT-02"))
		texts.Rows = append(texts.Rows, row("Directive (UE) 2022/2555, art. 21(2)(e)", "Sécurité de l’acquisition, du développement et de la maintenance", number))
	}
	return Document{
		Language: "fr-FR", Title: "Annexe de sécurité, marché 2026-TIC-0147", Subject: "Plateforme de télésuivi", Creator: name,
		Properties: []Property{{"Garant.Fingerprint", "7f3a91c25be0d417"}, {"Garant.Content", "1.0"}},
		Values: []Value{
			{"structure.name", name}, {"structure.details", "12 rue des Tilleuls, 49000 Angers · FINESS 490999990"},
			{"annex.kicker", "Annexe au marché 2026-TIC-0147"}, {"annex.title", "Annexe de sécurité\ndes systèmes d’information"},
			{"annex.running", "Annexe de sécurité · marché 2026-TIC-0147"}, {"annex.footer", "Garant · bibliothèque de clauses 1.0 · empreinte 7f3a 91c2 5be0 d417"},
			{"contract.title", "Plateforme de télésuivi des patients insuffisants cardiaques"},
		},
		Sections: []Section{
			{"parties", []Block{Marked{Bookmark: "garant_parties", Blocks: []Block{Table{
				Style: Form, Columns: []Column{{Width: 28}, {Width: 72}}, Caption: "Parties et contrat",
				Rows: [][]Cell{
					row("Établissement", name+", établissement public de santé, représenté par la directrice des achats"),
					row("Titulaire", "Logimed Télésuivi SAS, SIREN 100 000 009, 4 quai de la Fosse, 44000 Nantes, représentée par le directeur général"),
					row("Durée", "du 1er janvier 2027 au 31 décembre 2030"),
					row("Niveau d’exigence", "**Critique** : gravité 4, exposition 4. Hébergement de données de santé, accès distant."),
					row("Besoins", "Disponibilité 4 · Intégrité 3 · Confidentialité 4 · Traçabilité 3"),
				},
			}}}}},
			{"contents", []Block{Paragraph{Style: Title, Runs: Text("Sommaire")}, Contents{Levels: 2}}},
			{"guide", []Block{
				Paragraph{Style: Title, Runs: Text("Comment lire cette annexe")},
				Paragraph{Runs: Text("Chaque article énonce une obligation, la preuve que le titulaire en apporte et les textes dont elle découle. Les valeurs chiffrées figurent dans l’article et sont reprises, toutes ensemble, dans le tableau de la fin. En cas de contradiction, le texte de l’article l’emporte.")},
				Paragraph{Style: Subtitle, Runs: Text("Définitions")},
				Paragraph{Runs: emphasis("**Incident de sécurité** : événement qui porte atteinte, ou menace de porter atteinte, à la disponibilité, à l’intégrité, à la confidentialité ou à la traçabilité des données ou de la prestation.")},
				Paragraph{Runs: emphasis("**Jour** : jour calendaire, sauf mention contraire. **Heure** : heure d’horloge, tous les jours de l’année.")},
			}},
			{"articles", body},
			{"figures", []Block{Heading{Level: 1, Text: "Tableau des engagements chiffrés"}, figures}},
			{"texts", []Block{Heading{Level: 1, Text: "Correspondance avec les textes"}, texts}},
			{"signatures", []Block{Heading{Level: 1, Text: "Signatures"}, Signatures{Boxes: []SignatureBox{
				{Title: "Pour l’établissement", Lines: []string{"Nom, qualité, date"}}, {Title: "Pour le titulaire", Lines: []string{"Nom, qualité, date"}},
			}}}},
		},
	}
}
