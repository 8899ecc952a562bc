package frontend

import "strconv"

func tierClass(tier int) string { return "tier-" + strconv.Itoa(tier) }

func tierName(v View, tier int) string {
	switch tier {
	case 1:
		return v.T("layout.tier.critical")
	case 2:
		return v.T("layout.tier.reinforced")
	}
	return v.T("layout.tier.baseline")
}

func tierWord(v View, tier int) string {
	switch tier {
	case 1:
		return v.T("layout.tier.word.critical")
	case 2:
		return v.T("layout.tier.word.reinforced")
	}
	return v.T("layout.tier.word.baseline")
}
