package framing

// Tier is the level of requirement of a service: 1 critical, 2 reinforced, 3 baseline. A lower number asks for more.
type Tier int

// The tiers.
const (
	Critical   Tier = 1
	Reinforced Tier = 2
	Baseline   Tier = 3
)

// ReassessmentMonths is how long an assessment holds, in months: 12, 24 or 36.
func (t Tier) ReassessmentMonths() int { return 12 * int(t) }

// Reason is one reason of a rating: the key of its words in internal/locale and its arguments.
type Reason struct {
	Key  string
	Args []any
}

// Rating is what a framing leads to, with every reason.
type Rating struct {
	Severity int // 1 to 4: the highest impact or need
	Exposure int // 1 to 4
	Computed Tier
	Tier     Tier // after the override of a security officer
	Reasons  []Reason
}

// Severity is the highest of the five impacts and of the four needs, 1 to 4.
func (f Framing) Severity() int {
	severity := 1
	for _, level := range f.Levels() {
		severity = max(severity, level.Value)
	}
	return severity
}

// exposureRule is a line of the exposure table of domain reference §3; the highest that applies wins.
type exposureRule struct {
	level   int
	key     string
	applies func(Framing) bool
}

var exposureRules = []exposureRule{
	{4, "framing.reason.hds", func(f Framing) bool { return f.HDS }},
	{4, "framing.reason.privileged", func(f Framing) bool { return f.Access == PrivilegedAccess }},
	{4, "framing.reason.device-care", func(f Framing) bool { return f.Has(MedicalDevice) && f.Impacts.PatientCare >= 3 }},
	{3, "framing.reason.health-data", func(f Framing) bool { return f.Data == HealthData }},
	{3, "framing.reason.remote", func(f Framing) bool { return f.Access == RemoteAccess }},
	{2, "framing.reason.personal-data", func(f Framing) bool { return f.Data == PersonalData }},
	{2, "framing.reason.on-site", func(f Framing) bool { return f.Access == OnSiteAccess }},
	{1, "framing.reason.no-exposure", func(Framing) bool { return true }},
}

// Exposure is 4 for hosting health data, privileged access, or a medical device whose failure is serious for patients;
// 3 for health data or remote access; 2 for personal data or on-site access; 1 otherwise.
func (f Framing) Exposure() int { return f.exposureReasons()[0].level }

// exposureReasons gives the rules of the highest level that applies.
func (f Framing) exposureReasons() []exposureRule {
	var found []exposureRule
	for _, rule := range exposureRules {
		if len(found) > 0 && rule.level < found[0].level {
			break
		}
		if rule.applies(f) {
			found = append(found, rule)
		}
	}
	return found
}

// computed ranks a service by severity × exposure. Hosting health data is never below reinforced (CSP L.1111-8), and a
// medical device whose failure is critical for patients is always critical.
func (f Framing) computed() Tier {
	if f.Has(MedicalDevice) && f.Impacts.PatientCare == 4 {
		return Critical
	}
	product := f.Severity() * f.Exposure()
	switch {
	case product >= 12:
		return Critical
	case product >= 6 || f.HDS:
		return Reinforced
	}
	return Baseline
}

// Tier is the level of requirement that holds: the computed one, or the override's where there is a valid one.
func (f Framing) Tier() Tier {
	computed := f.computed()
	if f.Override != nil && len(f.Override.validate(computed)) == 0 {
		return f.Override.Tier
	}
	return computed
}

// Rate gives severity, exposure and tier with every reason.
func (f Framing) Rate() Rating {
	r := Rating{Severity: f.Severity(), Exposure: f.Exposure(), Computed: f.computed(), Tier: f.Tier()}
	for _, level := range f.Levels() {
		if level.Value == r.Severity {
			r.Reasons = append(r.Reasons, Reason{"framing.reason.severity." + level.Field, []any{"level", level.Value}})
		}
	}
	for _, rule := range f.exposureReasons() {
		r.Reasons = append(r.Reasons, Reason{rule.key, []any{"level", rule.level}})
	}
	product := r.Severity * r.Exposure
	r.Reasons = append(r.Reasons, Reason{"framing.reason.product", []any{"severity", r.Severity, "exposure", r.Exposure, "product", product}})
	switch {
	case r.Computed == Critical && product < 12:
		r.Reasons = append(r.Reasons, Reason{"framing.reason.device-critical", nil})
	case r.Computed == Reinforced && product < 6:
		r.Reasons = append(r.Reasons, Reason{"framing.reason.hds-floor", nil})
	}
	if r.Tier < r.Computed {
		r.Reasons = append(r.Reasons, Reason{"framing.reason.raised", []any{"computed", int(r.Computed)}})
	}
	if r.Tier > r.Computed {
		r.Reasons = append(r.Reasons, Reason{"framing.reason.lowered", []any{"computed", int(r.Computed), "reason", f.Override.Reason}})
	}
	return r
}

// Matches reports whether one alternative of a clause's `applies` is true of the framing: "*", a service type,
// "data:personal" (also true for health), "data:health", "access:remote" (also true for privileged), "hds", "ai".
func (f Framing) Matches(rule string) bool {
	switch rule {
	case "*":
		return true
	case "data:personal":
		return f.Data == PersonalData || f.Data == HealthData
	case "data:health":
		return f.Data == HealthData
	case "access:remote":
		return f.Access == RemoteAccess || f.Access == PrivilegedAccess
	case "hds":
		return f.HDS
	case "ai":
		return f.AI
	}
	return f.Has(ServiceType(rule))
}

// FirstMatch gives the first alternative that is true of the framing.
func (f Framing) FirstMatch(rules []string) (string, bool) {
	for _, rule := range rules {
		if f.Matches(rule) {
			return rule, true
		}
	}
	return "", false
}

// Rules lists every alternative that `applies` may hold.
func Rules() []string {
	return append([]string{"*", "data:personal", "data:health", "access:remote", "hds", "ai"}, words(ServiceTypes())...)
}
