package main

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// forging puts a forged id token in the place of the right one, for the personas that want one.
type forging struct {
	http.Handler
	keeper *keeper
}

func (f forging) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	f.Handler.ServeHTTP(answer, r)
	body, err := f.forged(r, answer.Body.Bytes())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(body)
}

func (f forging) forged(r *http.Request, body []byte) ([]byte, error) {
	var tokens map[string]any
	if json.Unmarshal(body, &tokens) != nil || tokens["id_token"] == nil {
		return body, nil
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(tokens["id_token"].(string), ".")[1])
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		return nil, err
	}
	sub, _ := claims["sub"].(string)
	f.keeper.mu.Lock()
	how := f.keeper.known[sub].Forged
	f.keeper.mu.Unlock()
	if how == "" {
		return body, nil
	}
	if tokens["id_token"], err = f.forge(r, how, claims); err != nil {
		return nil, err
	}
	return json.Marshal(tokens)
}

// forge writes an id token that is wrong in one way: "unsigned", "secret" (signed by what the client knows too), "key" (by
// another's), "audience" (for another), "issuer" (of another), "parties" (for several, made for another of them).
func (f forging) forge(r *http.Request, how string, claims map[string]any) (string, error) {
	right, err := f.keeper.SigningKey(r.Context())
	if err != nil {
		return "", err
	}
	algorithm, key := right.SignatureAlgorithm(), right.Key()
	switch how {
	case "unsigned":
		payload, err := json.Marshal(claims)
		return encoded([]byte(`{"alg":"none"}`)) + "." + encoded(payload) + ".", err
	case "secret":
		algorithm, key = jose.HS256, []byte(strings.Repeat("secret", 6))
	case "key":
		if key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			return "", err
		}
	case "audience":
		claims["aud"] = []string{"another"}
	case "issuer":
		claims["iss"] = "https://another.example"
	case "parties":
		claims["aud"], claims["azp"] = []string{"garant", "another"}, "another"
	default:
		return "", fmt.Errorf("no forgery is called %q", how)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	options := (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", right.ID())
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, options)
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

func encoded(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }
