package word

// alternate is an mc:AlternateContent under way: the same thing written twice, of which a program shows the first
// choice that it understands, or else the fallback. Which one a reader sees is unknown to us, so the fallback counts
// too unless it repeats the choice.
type alternate struct {
	choice, fallback []byte
	falling          bool // in the fallback
	split            bool // over several choices
}

func (a *alternate) add(text string) {
	if a.falling {
		a.fallback = append(a.fallback, text...)
	} else {
		a.choice = append(a.choice, text...)
	}
}

func (r *reader) startAlternate(s *scanner) {
	name := string(s.name)
	if name == "mc:AlternateContent" {
		r.alternates = append(r.alternates, alternate{})
		return
	}
	if parent(s, 1) != "mc:AlternateContent" {
		return
	}
	a := &r.alternates[len(r.alternates)-1]
	switch {
	case name == "mc:Fallback":
		a.falling = true
		r.falling++
	case len(a.choice) > 0:
		a.split = true
	}
}

func (r *reader) endAlternate(s *scanner) {
	n := len(r.alternates) - 1
	if string(s.name) == "mc:Fallback" {
		if parent(s, 1) == "mc:AlternateContent" {
			r.alternates[n].falling = false
			r.falling--
		}
		return
	}
	a := r.alternates[n]
	r.alternates = r.alternates[:n]
	if n > 0 { // of the choice, the paragraph has all already
		r.size += len(a.choice)
		r.alternates[n-1].add(string(a.choice))
	}
	choice, fallback := fold(string(a.choice)), fold(string(a.fallback))
	if a.split || fallback == "" && choice != "" {
		r.add(mark)
	}
	if choice != fallback {
		r.add(fallback)
	}
}
