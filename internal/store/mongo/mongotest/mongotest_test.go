package mongotest

import (
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

func TestWithDatabaseReplacesTheDatabaseAndKeepsTheRest(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"mongodb://127.0.0.1:27017":                      "mongodb://127.0.0.1:27017/fresh",
		"mongodb://127.0.0.1:27017/":                     "mongodb://127.0.0.1:27017/fresh",
		"mongodb://a:1,b:2/other?replicaSet=rs":          "mongodb://a:1,b:2/fresh?replicaSet=rs",
		"mongodb://me:pw@a:1,b:2/admin?replicaSet=rs":    "mongodb://me:pw@a:1,b:2/fresh?replicaSet=rs&authSource=admin",
		"mongodb+srv://me:pw@cluster.example/admin":      "mongodb+srv://me:pw@cluster.example/fresh?authSource=admin",
		"mongodb://me:pw@a:1/other?authSource=admin&w=2": "mongodb://me:pw@a:1/fresh?authSource=admin&w=2",
		"mongodb://a:1,b:2?replicaSet=rs&tls=true":       "mongodb://a:1,b:2/fresh?replicaSet=rs&tls=true",
	} {
		if got := withDatabase(given, "fresh"); got != want {
			t.Errorf("withDatabase(%q) = %q, want %q", given, got, want)
		}
	}
}

func TestURIGivesAnEmptyDatabaseThatAnswers(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client, err := mongo.Connect(options.Client().ApplyURI(URI(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Disconnect(ctx) }()
	names, err := client.ListDatabaseNames(ctx, bson.D{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if name == "garant_test" {
			t.Errorf("databases %v", names)
		}
	}
}
