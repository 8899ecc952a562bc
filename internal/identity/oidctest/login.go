package main

import (
	"html/template"
	"net/http"
	"net/url"
)

// page asks who signs in, for tests in a browser.
var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="fr"><meta charset="utf-8"><title>Fournisseur d’essai</title>
<h1>Fournisseur d’essai</h1>
<form method="post">
<input type="hidden" name="authRequestID" value="{{.}}">
<label>Compte <input name="sub"></label>
<label><input type="checkbox" name="mfa" value="mfa"> Deux preuves</label>
<button>Entrer</button> <button name="refused" value="yes">Renoncer</button>
</form>
`))

// login signs a persona in, once it is said who, and sends the browser on.
func (k *keeper) login(w http.ResponseWriter, r *http.Request, on string) {
	id := r.FormValue("authRequestID")
	request, err := k.AuthRequestByID(r.Context(), id)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	v := request.(visit)
	if r.Method == http.MethodPost {
		v.known, v.who = true, persona{Sub: r.FormValue("sub"), Refused: r.FormValue("refused") != ""}
		if r.FormValue("mfa") != "" {
			v.who.AMR = []string{"mfa"}
		}
		k.keep(v)
	}
	switch {
	case !v.known:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page.Execute(w, id)
	case v.who.Refused:
		http.Redirect(w, r, v.GetRedirectURI()+"?"+url.Values{"error": {"access_denied"}, "state": {v.GetState()}}.Encode(), http.StatusFound)
	default:
		http.Redirect(w, r, on, http.StatusFound)
	}
}
