package cli_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	standard "github.com/e1-dms/e1"
	"github.com/e1-dms/e1/internal/cli"
)

// TestPipelines: every command of the shipped workflows works in a fresh
// repository and writes the reports that the workflow hands on.
func TestPipelines(t *testing.T) {
	type gitlabJob struct {
		Extends   string
		Script    []string
		Artifacts struct {
			Reports map[string]string
		}
	}
	github := struct {
		On          map[string]any
		Permissions map[string]string
		Env         map[string]string
		Jobs        map[string]struct {
			RunsOn string `yaml:"runs-on"`
			Steps  []struct {
				Uses, Run string
				With      map[string]any
			}
		}
	}{}
	var gitlab map[string]yaml.Node
	read(t, "repo-template/.github/workflows/e1.yml", &github)
	read(t, "repo-template/.gitlab-ci.yml", &gitlab)

	var commands, reports []string
	for name, job := range github.Jobs {
		if job.RunsOn == "" || len(job.Steps) == 0 {
			t.Errorf("the job %s has no runner or no steps", name)
		}
		for _, step := range job.Steps {
			if (step.Uses == "") == (step.Run == "") {
				t.Errorf("%s: a step either uses an action or runs a command: %+v", name, step)
			}
			if step.Uses != "" && !strings.Contains(step.Uses, "@v") {
				t.Errorf("%s: %s has no version", name, step.Uses)
			}
			commands = append(commands, e1Lines(step.Run)...)
			for _, key := range []string{"path", "sarif_file"} {
				if files, ok := step.With[key].(string); ok {
					reports = append(reports, strings.Fields(files)...)
				}
			}
		}
	}
	if github.Permissions["contents"] != "read" || github.On["pull_request"] == "" || github.Env["E1_VERSION"] == "" {
		t.Errorf("the GitHub workflow lacks permissions, pull requests or the version: %+v", github)
	}
	for name, node := range gitlab {
		if slices.Contains([]string{"stages", "workflow", "variables", ".e1"}, name) {
			continue
		}
		var job gitlabJob
		if err := node.Decode(&job); err != nil {
			t.Fatal(err)
		}
		if job.Extends != ".e1" || len(job.Script) == 0 {
			t.Errorf("the GitLab job %s does nothing: %+v", name, job)
		}
		for _, line := range job.Script {
			commands = append(commands, e1Lines(line)...)
		}
		for _, file := range job.Artifacts.Reports {
			reports = append(reports, file)
		}
	}
	if len(commands) != 6 || len(reports) < 7 {
		t.Fatalf("commands %q, reports %q", commands, reports)
	}

	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("E1_NOW", now)
	dir := filepath.Join(t.TempDir(), "shop")
	e1Run(t, "init", dir, "--user", "admin", "--name", "Admin", "--email", "admin@example.invalid", "-q")
	t.Chdir(dir)
	for _, name := range []string{".github/workflows/e1.yml", ".gitlab-ci.yml"} {
		if _, err := os.Stat(name); err != nil {
			t.Errorf("init does not write %s: %v", name, err)
		}
	}
	for _, line := range commands {
		e1Run(t, strings.Fields(line)[1:]...)
	}
	for _, file := range reports {
		if st, err := os.Stat(file); err != nil || st.Size() == 0 {
			t.Errorf("nothing wrote %s: %v", file, err)
		}
	}
}

func read(t *testing.T, name string, into any) {
	t.Helper()
	src, err := fs.ReadFile(standard.Template, name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(src, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// e1Lines are the lines of a shell script that run e1.
func e1Lines(script string) []string {
	var out []string
	for line := range strings.Lines(script) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "e1 ") {
			out = append(out, line)
		}
	}
	return out
}

func e1Run(t *testing.T, args ...string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := cli.Run(context.Background(), args, cli.Streams{In: strings.NewReader(""), Out: &out, Err: &errs, Getenv: os.Getenv}, "test"); code != 0 {
		t.Errorf("e1 %q: exit code %d\n%s%s", args, code, out.String(), errs.String())
	}
}
