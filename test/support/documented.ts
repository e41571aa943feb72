// How the tests do what the documents show: test/documents/documents.test.ts runs each command of a page as it stands there, in a
// clone of this repository. What cannot be run so is named here, with who runs it.

/** What another test does, which reads it from the page: all of a page, or what has these words. */
export const claims: readonly { readonly page: string; readonly words?: string; readonly by: string }[] = [
  { page: "docs/adding-a-language.md", by: "test/catalog/adding.test.ts" },
  { page: "docs/own-catalog.md", by: "test/slow/package.test.ts" },
  { page: "README.md", words: "./ingot-0.1.0.tgz", by: "test/slow/package.test.ts" },
  { page: "README.md", words: "npx ingot", by: "test/slow/package.test.ts" },
  { page: "docs/verifying.md", by: "test/registry/verifying.test.ts" },
  { page: "docs/recipes/debian-instead-of-alpine.md", by: "test/catalog/recipes.test.ts" },
  { page: "docs/recipes/go-on-scratch.md", by: "test/catalog/recipes.test.ts" },
  { page: "docs/recipes/node-native-module.md", by: "test/catalog/recipes.test.ts" },
  { page: "docs/recipes/one-layer.md", by: "test/catalog/recipes.test.ts" },
  { page: "docs/recipes/python-postgresql.md", by: "test/catalog/recipes.test.ts" },
  // As the probe of TLS does it.
  { page: "docs/images.md", words: "update-ca-certificates", by: "test/unit/documents.test.ts" },
  // With the lock pushed to a repository of the test's; here the script is run without.
  { page: "docs/ci.md", words: "cd /srv/catalog", by: "test/catalog/workflows.test.ts" },
  // The hello application, which `ingot test` builds and asks for every language.
  { page: "generated/python/README.md", words: "ARG DEV", by: "test/unit/documents.test.ts" },
  { page: "generated/python/README.md", words: "microroot PACKAGE", by: "test/catalog/recipe.test.ts" },
  { page: "generated/python/README.md", words: "update-ca-certificates", by: "test/unit/documents.test.ts" },
];

/** Who runs the targets of the Makefile that pages name. Those that are not run here must exist. */
export const targets: Readonly<Record<string, string>> = {
  "": "whoever begins; its pairs, test/catalog/debian.test.ts",
  alpine: "whoever changes Alpine; a part, test/worlds/alpine.test.ts",
  bench: "whoever measures",
  "bench-rebuild": "whoever measures",
  "bench-size": "whoever measures",
  "bench-start": "whoever measures",
  catalog: "whoever measures; a part, test/catalog/debian.test.ts",
  check: ".github/workflows/pull-request.yml",
  compile: ".github/workflows/pull-request.yml",
  "compile engine": "each target that builds images",
  format: "whoever changes code",
  golden: "whoever changes a complaint",
  help: "here",
  platforms: "whoever has an hour",
  site: "here",
  sizes: "whoever measures; a part, test/catalog/size.test.ts",
  test: ".ci/run",
  "test-slow": "whoever releases",
  "test-unit": ".github/workflows/pull-request.yml",
};

/** Options in sentences that are not ingot's, with whose they are. */
export const othersOptions: Readonly<Record<string, string>> = {
  "--drop": "microroot",
  "--edit-last": "gh pr comment",
  "--keep": "microroot",
  "--load": "docker buildx bake",
  "--network": "docker build",
  "--no-index": "pip",
  "--push": "docker buildx bake",
  "--read-only": "docker run",
  "--secret": "docker build",
  "--set": "docker buildx bake",
};

/** Asks a server until it answers. */
const asks =
  "(async function ask(left) { try { console.log(await (await fetch('http://127.0.0.1:18088')).text()) } " +
  "catch (error) { if (left === 0) throw error; setTimeout(ask, 200, left - 1) } })(50)";

/** What is done in place of what is shown. */
export const replacements: readonly (readonly [shown: string, done: string])[] = [
  ["LANGUAGE", "lua"],
  // Somebody may have an image of that name.
  ["--tag hello", "--tag ingot-documents/hello"],
  ["TZ=Asia/Tokyo hello", "TZ=Asia/Tokyo ingot-documents/hello"],
  // In the background, on another port than one that somebody may use.
  [
    "docker run --rm --publish 8080:8080",
    "docker run --rm --detach --name ingot-documents --publish 127.0.0.1:18088:8080",
  ],
  ["curl localhost:8080", `node -e "${asks}"`],
  // It would build on an image of a registry that a test cannot reach; this reads the file and says what it would do.
  ["docker buildx bake --file", "docker buildx bake --print --file"],
];

/** Other exit statuses than 0 that are right. */
export const statuses: Readonly<Record<string, readonly number[]>> = {
  // 1: something moved since the lock was made.
  "./bin/ingot resolve --check": [0, 1],
};
