/**
 * Every kind of complaint that Ingot makes, as data. `docs/rules/<id>.md` explains each; a test demands the page.
 */
export const rules = {
  "yaml-syntax": "The file is not well-formed YAML.",
  "unknown-key": "A key that no schema knows.",
  "wrong-type": "A value of another type than the schema asks for.",
  "invalid-value": "A value of the right type that is not allowed there.",
  "missing-key": "A key that the schema requires is absent.",
  "unquoted-version": "A version or number that must be written in quotes.",
  "missing-file": "A file that the catalog needs is not there.",
  "file-exists": "A file that the command would write is there already.",
  "misnamed-definition": "A definition's language is not the name of its file.",
  "unknown-distribution": "A distribution that catalog.yaml does not have.",
  "unknown-variant": "A variant that the definition or the base does not have.",
  "unknown-package": "A package that the distribution's index does not have.",
  "unknown-artifact": "An artifact that the definition does not have.",
  "missing-artifact": "No version of an artifact fits.",
  "unknown-cycle": "A release-cycle product that the release-cycle data do not have.",
  "unsupported-line": "A release line that neither its upstream nor its distribution supports any longer.",
  "line-mismatch": "The version found is not of the release line it is written under.",
  "tag-collision": "Two images claim one tag.",
  "invalid-tag": "A tag that registries refuse.",
  "no-packages": "A variant has no packages for a distribution that its release line is on.",
  "unmatched-reason": "A reason for a package that no list of the definition has.",
  "present-family": "A family that is said to be absent, and on which the language has a release line.",
  "lock-missing": "There is no lock.",
  "lock-outdated": "The lock was made from other definitions.",
  "template-syntax": "A template is not well-formed Handlebars.",
  "template-name": "A template names what its view does not have.",
  "generated-outdated": "generated/ is not what the definitions, the lock and the templates give.",
  "unmatched-selector": "A selector that matches no image.",
  "invalid-option": "A command-line option with a value that is not allowed.",
  "index-unreachable": "A package index could not be read.",
} as const satisfies Record<string, string>;

export type RuleId = keyof typeof rules;
