package mongotest

import (
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/connstring"
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

func TestURIGivesADatabaseOfItsOwnThatAnswers(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for range 2 {
		uri := URI(t)
		parsed, err := connstring.Parse(uri)
		if err != nil {
			t.Fatal(err)
		}
		client, err := mongo.Connect(options.Client().ApplyURI(uri))
		if err != nil {
			t.Fatal(err)
		}
		database := client.Database(parsed.Database)
		names, err := database.ListCollectionNames(ctx, bson.D{})
		if err != nil || len(names) > 0 {
			t.Errorf("%s holds %v, %v", parsed.Database, names, err)
		}
		if _, err := database.Collection("mine").InsertOne(ctx, bson.D{}); err != nil {
			t.Error(err)
		}
		if err := client.Disconnect(ctx); err != nil {
			t.Error(err)
		}
	}
}
