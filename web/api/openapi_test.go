package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"sipspan/view/ladder"
	"sipspan/web/live"
)

// schema is what the document says of a value.
type schema struct {
	Ref        string `yaml:"$ref"`
	Type       string
	Items      *schema
	Required   []string
	Properties map[string]*schema
}

type operation struct {
	OperationID string `yaml:"operationId"`
	Parameters  []struct {
		Name, In  string
		Reference string `yaml:"$ref"`
	}
	Responses map[string]struct {
		Reference string `yaml:"$ref"`
		Content   map[string]struct{ Schema schema }
	}
}

type openAPI struct {
	Paths      map[string]map[string]operation
	Components struct {
		Parameters map[string]struct{ Name, In string }
		Responses  map[string]any
		Schemas    map[string]*schema
	}
}

// described returns the document.
func described(t *testing.T) (d openAPI) {
	t.Helper()
	if err := yaml.Unmarshal(document, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDocumentNamesEveryRoute compares the routes and their parameters with those of the document, and looks for what the references name.
func TestDocumentNamesEveryRoute(t *testing.T) {
	d := described(t)
	got, want, ids := map[string][]string{}, map[string][]string{}, map[string]bool{}
	for path, methods := range d.Paths {
		for method, o := range methods {
			if method != "get" || ids[o.OperationID] {
				t.Errorf("%s: %s %q", path, method, o.OperationID)
			}
			ids[o.OperationID] = true
			names := []string{}
			for _, p := range o.Parameters {
				if p.Reference != "" {
					shared := d.Components.Parameters[strings.TrimPrefix(p.Reference, "#/components/parameters/")]
					p.Name, p.In = shared.Name, shared.In
				}
				if p.In != "path" {
					names = append(names, p.Name)
				} else if !strings.Contains(path, "{"+p.Name+"}") {
					t.Errorf("%s has no {%s}", path, p.Name)
				}
			}
			want[path] = names
		}
	}
	for _, r := range (&API{}).Routes() {
		got[r.Path] = append([]string{}, r.Params...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, m := range regexp.MustCompile(`'#/components/(\w+)/([\w-]+)'`).FindAllStringSubmatch(string(document), -1) {
		known := map[string]bool{
			"schemas": d.Components.Schemas[m[2]] != nil, "responses": d.Components.Responses[m[2]] != nil,
			"parameters": d.Components.Parameters[m[2]].Name != "",
		}
		if !known[m[1]] {
			t.Errorf("the document has no %s", m[0])
		}
	}
}

// TestDocumentHasEveryMember compares the members of each type of an answer with those of its schema.
func TestDocumentHasEveryMember(t *testing.T) {
	d := described(t)
	seen := map[string]bool{"Record": true}
	for _, v := range []any{live.Status{}, Course{}, List{}, One{}, Trend{}, Problem{}, ladder.Ladder{}} {
		compare(t, d, reflect.TypeOf(v), seen)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(d.Components.Schemas)), slices.Sorted(maps.Keys(seen))); diff != "" {
		t.Error(diff)
	}
}

// compare compares a struct with its schema, and the structs in it with theirs.
func compare(t *testing.T, d openAPI, typ reflect.Type, seen map[string]bool) {
	t.Helper()
	name := typ.Name()
	if strings.HasSuffix(typ.PkgPath(), "view/ladder") && name != "Ladder" {
		name = "Ladder" + name
	}
	if seen[name] {
		return
	}
	seen[name] = true
	s := d.Components.Schemas[name]
	if s == nil {
		t.Errorf("the document has no schema %s", name)
		return
	}
	got, required := map[string]string{}, []string{}
	for i := range typ.NumField() {
		member, option, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if option == "" {
			required = append(required, member)
		}
		got[member] = form(t, d, typ.Field(i).Type, seen)
	}
	want := map[string]string{}
	for member, of := range s.Properties {
		want[member] = of.form()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
	if diff := cmp.Diff(s.Required, required); diff != "" {
		t.Errorf("%s, required: %s", name, diff)
	}
}

func (s *schema) form() string {
	switch {
	case s.Ref != "":
		return "object"
	case s.Type == "array":
		return "array of " + s.Items.form()
	}
	return s.Type
}

func form(t *testing.T, d openAPI, typ reflect.Type, seen map[string]bool) string {
	switch typ.Kind() {
	case reflect.Pointer:
		return form(t, d, typ.Elem(), seen)
	case reflect.Slice:
		return "array of " + form(t, d, typ.Elem(), seen)
	case reflect.Struct:
		if !typ.Implements(reflect.TypeFor[json.Marshaler]()) { // those that do are records
			compare(t, d, typ, seen)
		}
		return "object"
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Float64:
		return "number"
	}
	return "integer"
}

// TestDocumentIsServed checks that who asks for the document gets it.
func TestDocumentIsServed(t *testing.T) {
	mux := http.NewServeMux()
	(&API{}).Register(mux)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, Base+"/openapi.yaml", nil))
	if w.Body.String() != string(document) || w.Header().Get("Content-Type") != "application/yaml" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
