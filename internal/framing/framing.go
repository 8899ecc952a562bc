// Package framing holds what is asked before anything else about a service: its needs, the data and access it gets, the
// impacts of its failure; and what follows from them: severity, exposure, tier. Source: domain reference §3.
package framing

import (
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
)

// ServiceType is what kind of service a supplier provides.
type ServiceType string

// The service types, in the order in which they are offered.
const (
	SaaS               ServiceType = "saas"
	Hosting            ServiceType = "hosting"
	ManagedServices    ServiceType = "managed-services"
	RemoteMaintenance  ServiceType = "remote-maintenance"
	MedicalDevice      ServiceType = "medical-device"
	OnPremisesSoftware ServiceType = "on-premises-software"
	Development        ServiceType = "development"
	Consulting         ServiceType = "consulting"
	Hardware           ServiceType = "hardware"
)

// ServiceTypes lists every service type.
func ServiceTypes() []ServiceType {
	return []ServiceType{SaaS, Hosting, ManagedServices, RemoteMaintenance, MedicalDevice, OnPremisesSoftware, Development, Consulting, Hardware}
}

// Choices lists what a file may say.
func (ServiceType) Choices() []string { return words(ServiceTypes()) }

// Data is the most sensitive data that the service handles.
type Data string

// The kinds of data. Health data are personal data too.
const (
	NoData       Data = "none"
	PersonalData Data = "personal"
	HealthData   Data = "health"
)

// DataKinds lists every kind of data, least sensitive first.
func DataKinds() []Data { return []Data{NoData, PersonalData, HealthData} }

// Choices lists what a file may say.
func (Data) Choices() []string { return words(DataKinds()) }

// Access is the most extensive access that the supplier gets to the structure's systems.
type Access string

// The kinds of access. Privileged access is remote access too.
const (
	NoAccess         Access = "none"
	OnSiteAccess     Access = "on-site"
	RemoteAccess     Access = "remote"
	PrivilegedAccess Access = "privileged"
)

// AccessKinds lists every kind of access, least extensive first.
func AccessKinds() []Access {
	return []Access{NoAccess, OnSiteAccess, RemoteAccess, PrivilegedAccess}
}

// Choices lists what a file may say.
func (Access) Choices() []string { return words(AccessKinds()) }

func words[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// Needs are the levels of availability, integrity, confidentiality and traceability (DICT), 1 to 4 each.
type Needs struct {
	Availability    int `yaml:"availability,required" json:"availability" bson:"availability"`
	Integrity       int `yaml:"integrity,required" json:"integrity" bson:"integrity"`
	Confidentiality int `yaml:"confidentiality,required" json:"confidentiality" bson:"confidentiality"`
	Traceability    int `yaml:"traceability,required" json:"traceability" bson:"traceability"`
}

// Impacts are how serious a failure would be in five ways, 1 minor, 2 significant, 3 serious, 4 critical.
type Impacts struct {
	PatientCare  int `yaml:"patient_care,required" json:"patient_care" bson:"patient_care"`
	Privacy      int `yaml:"privacy,required" json:"privacy" bson:"privacy"`
	Organisation int `yaml:"organisation,required" json:"organisation" bson:"organisation"`
	Legal        int `yaml:"legal,required" json:"legal" bson:"legal"`
	Image        int `yaml:"image,required" json:"image" bson:"image"`
}

// Override is a tier set by a security officer: raised freely, lowered only with a reason, which is kept.
type Override struct {
	Tier   Tier   `yaml:"tier,required" json:"tier" bson:"tier"`
	Reason string `yaml:"reason" json:"reason" bson:"reason"`
}

// Framing is the answer to the questions asked first.
type Framing struct {
	Services []ServiceType `yaml:"services,required" json:"services" bson:"services"`
	Data     Data          `yaml:"data,required" json:"data" bson:"data"`
	HDS      bool          `yaml:"hds" json:"hds" bson:"hds"` // the supplier hosts health data (CSP L.1111-8)
	AI       bool          `yaml:"ai" json:"ai" bson:"ai"`    // the service uses artificial intelligence
	Access   Access        `yaml:"access,required" json:"access" bson:"access"`
	Needs    Needs         `yaml:"needs,required" json:"needs" bson:"needs"`
	Impacts  Impacts       `yaml:"impacts,required" json:"impacts" bson:"impacts"`
	Override *Override     `yaml:"override" json:"override,omitempty" bson:"override,omitempty"`
}

// Level is one of the nine levels of a framing: which field it is, how high it stands.
type Level struct {
	Field string // "needs.availability", "impacts.privacy"
	Value int    // 1 to 4
}

// Levels lists the four needs and the five impacts in the order of the form.
func (f Framing) Levels() []Level {
	return append(f.Needs.levels(), f.Impacts.levels()...)
}

func (n Needs) levels() []Level {
	return []Level{
		{"needs.availability", n.Availability}, {"needs.integrity", n.Integrity},
		{"needs.confidentiality", n.Confidentiality}, {"needs.traceability", n.Traceability},
	}
}

func (i Impacts) levels() []Level {
	return []Level{
		{"impacts.patient_care", i.PatientCare}, {"impacts.privacy", i.Privacy},
		{"impacts.organisation", i.Organisation}, {"impacts.legal", i.Legal}, {"impacts.image", i.Image},
	}
}

// Has reports whether the service is of a type.
func (f Framing) Has(t ServiceType) bool { return slices.Contains(f.Services, t) }

// Validate gives every problem of the framing, fields named from its own root ("needs.integrity"); nil when it is whole.
func (f Framing) Validate() fault.Problems {
	var problems fault.Problems
	wrong := func(field, key string, args ...any) {
		problems = append(problems, fault.Problem{Field: field, Key: key, Args: args})
	}
	if len(f.Services) == 0 {
		wrong("services", "framing.no-service")
	}
	for i, s := range f.Services {
		if !slices.Contains(ServiceTypes(), s) {
			wrong("services", "framing.unknown-service", "value", string(s))
		}
		if slices.Contains(f.Services[:i], s) {
			wrong("services", "framing.service-twice", "value", string(s))
		}
	}
	if !slices.Contains(DataKinds(), f.Data) {
		wrong("data", "framing.no-data")
	}
	if !slices.Contains(AccessKinds(), f.Access) {
		wrong("access", "framing.no-access")
	}
	for _, level := range f.Levels() {
		if level.Value < 1 || level.Value > 4 {
			wrong(level.Field, "framing.level", "value", level.Value)
		}
	}
	if f.Override != nil && len(problems) == 0 {
		problems = f.Override.validate(f.computed())
	}
	return problems
}

// maxOverrideReason is the longest reason for moving a tier, in characters.
const maxOverrideReason = 1000

func (o Override) validate(computed Tier) fault.Problems {
	if o.Tier < Critical || o.Tier > Baseline {
		return fault.Problems{{Field: "override.tier", Key: "framing.override-tier", Args: []any{"value", int(o.Tier)}}}
	}
	if o.Tier > computed && strings.TrimSpace(o.Reason) == "" {
		return fault.Problems{{Field: "override.reason", Key: "framing.override-reason", Args: []any{"tier", int(o.Tier), "computed", int(computed)}}}
	}
	return content.Line("override.reason", o.Reason, maxOverrideReason, "")
}

// Warnings tells what is allowed but contradicts itself: hosting health data without handling any.
func (f Framing) Warnings() fault.Problems {
	if f.HDS && f.Data != HealthData {
		return fault.Problems{{Field: "hds", Key: "framing.hds-without-health-data"}}
	}
	return nil
}
