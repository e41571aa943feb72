import assert from "node:assert/strict";
import { complaintsAbout, readWorkflow, workflowFiles, workflowText } from "../support/workflows.js";

/** What makes of a good workflow one that GitHub would refuse. */
const spoilers: Readonly<Record<string, (text: string) => string>> = {
  "a key that is none": (text) => text.replace("runs-on:", "runs-onn:"),
  "a permission that is none": (text) => text.replace("contents: read", "contents: reed"),
  "a job that is waited for and is not there": (text) => text.replace(/needs: \w+/, "needs: nobody"),
  "an expression that names no context": (text) => text.replace("vars.SELECTORS", "varz.SELECTORS"),
  "a schedule that is none": (text) => text.replace("17 3 * * *", "17 25 * * *"),
};

describe("the workflows", () => {
  it("are a nightly one, and one for pull requests", () =>
    assert.deepEqual(workflowFiles, ["nightly.yml", "pull-request.yml"]));

  for (const file of workflowFiles) {
    it(`${file} is what GitHub's schema of workflows says`, async () =>
      assert.deepEqual(await complaintsAbout(file, workflowText(file)), []));

    it(`${file} says of each job what its token may do, and gives all others nothing`, () => {
      const { permissions, jobs } = readWorkflow(file);
      assert.deepEqual(permissions, {});
      for (const [id, job] of Object.entries(jobs)) {
        assert.equal(typeof job.permissions, "object", id);
        for (const [what, access] of Object.entries(job.permissions as object))
          assert.match(String(access), /^(read|write)$/, `${id}: ${what}`);
      }
    });

    it(`${file} runs no command into which GitHub pastes text: it comes through the environment`, () => {
      const commands = Object.values(readWorkflow(file).jobs).flatMap(({ steps }) =>
        steps.flatMap(({ run }) => run ?? []),
      );
      assert.ok(commands.length > 3);
      assert.deepEqual(
        commands.filter((command) => command.includes("${{")),
        [],
      );
    });

    it(`${file} uses no action but GitHub's own, each by the tag of a major version`, () => {
      const actions = Object.values(readWorkflow(file).jobs).flatMap(({ steps }) =>
        steps.flatMap(({ uses }) => uses ?? []),
      );
      assert.ok(actions.length > 1);
      for (const action of actions) assert.match(action, /^actions\/[a-z-]+@v\d+$/);
    });

    it(`${file} names secrets in the environment of single steps alone`, () => {
      const { env = {}, jobs } = readWorkflow(file);
      const wide = [env, ...Object.values(jobs).map((job) => job.env ?? {})].flatMap((each) => Object.values(each));
      assert.deepEqual(
        wide.filter((value) => /secrets|github\.token/.test(String(value))),
        [],
      );
    });
  }

  for (const [what, spoil] of Object.entries(spoilers)) {
    it(`with ${what} are refused`, async () => {
      const spoiled = workflowFiles.map((file) => [file, workflowText(file), spoil(workflowText(file))] as const);
      const changed = spoiled.filter(([, before, after]) => before !== after);
      assert.ok(changed.length > 0);
      for (const [file, , after] of changed) assert.notDeepEqual(await complaintsAbout(file, after), [], file);
    });
  }

  it("let a job that may write run no code of a pull request", () => {
    const { jobs } = readWorkflow("pull-request.yml");
    for (const [id, { permissions, steps }] of Object.entries(jobs)) {
      if (!Object.values(permissions as object).includes("write")) continue;
      assert.deepEqual(
        steps.filter(({ uses = "", run = "" }) => uses.includes("checkout") || /ingot|make|npm/.test(run)),
        [],
        id,
      );
    }
  });
});
