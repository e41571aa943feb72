import assert from "node:assert/strict";
import { compileTemplate, type Shape, type TemplateSource } from "../../src/support/template.js";

const shape = {
  name: true,
  note: true,
  author: { name: true, mail: true },
  pairs: [{ version: true, images: [{ tag: true }] }],
  words: [true],
} as const satisfies Shape;

const view = {
  name: "n&<n>",
  note: "",
  author: { name: "A", mail: "a@example.org" },
  pairs: [
    { version: "1", images: [{ tag: "1-a" }, { tag: "1-b" }] },
    { version: "2", images: [] },
  ],
  words: ["x", "y"],
};

const source = (text: string, file = "templates/a.hbs"): TemplateSource => ({ file, text });
const compile = (text: string, partials: Readonly<Record<string, string>> = {}) =>
  compileTemplate(
    source(text),
    shape,
    new Map(Object.entries(partials).map(([name, each]) => [name, source(each, `templates/partials/${name}.hbs`)])),
  );

function rendered(text: string, partials: Readonly<Record<string, string>> = {}): string {
  const { render, complaints } = compile(text, partials);
  assert.deepEqual(complaints, []);
  return render(view);
}

function complaintsOf(text: string, partials: Readonly<Record<string, string>> = {}): readonly string[] {
  return compile(text, partials).complaints.map(
    ({ rule, message, place }) =>
      `${place?.file.replace(/^templates\//, "")}:${place?.line}:${place?.column} ${rule}: ${message}`,
  );
}

describe("a template", () => {
  it("places text as it is", () =>
    assert.equal(rendered("<{{name}}> {{{name}}} {{author.mail}}"), "<n&<n>> n&<n> a@example.org"));
  it("asks whether a text is there", () =>
    assert.equal(rendered("{{#if name}}a{{else}}b{{/if}}{{#if note}}c{{/if}}{{#unless note}}d{{/unless}}"), "ad"));
  it("goes through lists, and names what is around them with ../", () => {
    assert.equal(
      rendered("{{#each pairs}}{{#each images}}{{../version}}/{{tag}}/{{../../name}} {{/each}}{{else}}none{{/each}}"),
      "1/1-a/n&<n> 1/1-b/n&<n> ",
    );
  });
  it("goes through a list of texts", () =>
    assert.equal(rendered("{{#each words}}{{this}}{{#if ../name}}!{{/if}}{{/each}}"), "x!y!"));
  it("goes into an object", () => assert.equal(rendered("{{#with author}}{{name}} {{../name}}{{/with}}"), "A n&<n>"));
  it("has partials, which see what is around them", () =>
    assert.equal(rendered("{{#with author}}{{> who}}{{/with}}", { who: "[{{name}}]" }), "[A]"));
  it("indents nothing that a partial places", () =>
    assert.equal(rendered("a\n  {{> two}}\nb", { two: "1\n2\n" }), "a\n  1\n2\nb"));
});

describe("a name that the view does not have", () => {
  const cases: Readonly<Record<string, readonly [string, ...string[]]>> = {
    "is found where it is placed": [
      "a\n  {{nmae}}",
      "a.hbs:2:5 template-name: nmae is not in the view (did you mean name?)",
    ],
    "is found in #if, where Handlebars itself would say nothing": [
      "{{#if nam}}x{{/if}}",
      "a.hbs:1:7 template-name: nam is not in the view (did you mean name?)",
    ],
    "is found in #unless": ["{{#unless nothing}}x{{/unless}}", "a.hbs:1:11 template-name: nothing is not in the view"],
    "is found in #each": [
      "{{#each pair}}x{{/each}}",
      "a.hbs:1:9 template-name: pair is not in the view (did you mean pairs?)",
    ],
    "is found in #with": [
      "{{#with autor}}x{{/with}}",
      "a.hbs:1:9 template-name: autor is not in the view (did you mean author?)",
    ],
    "is found in {{else}} and {{else if}}": [
      "{{#if name}}{{else if nope}}{{else}}{{nope}}{{/if}}",
      "a.hbs:1:23 template-name: nope is not in the view (did you mean note?)",
      "a.hbs:1:39 template-name: nope is not in the view (did you mean note?)",
    ],
    "is found inside of a list": [
      "{{#each pairs}}{{name}}{{/each}}",
      "a.hbs:1:18 template-name: name is not in the view",
    ],
    "is found around a list": [
      "{{#each pairs}}{{../version}}{{/each}}",
      "a.hbs:1:18 template-name: ../version is not in the view",
    ],
    "is found in a part of an object": ["{{author.phone}}", "a.hbs:1:3 template-name: author.phone is not in the view"],
    "is found in a part of a text": ["{{name.length}}", "a.hbs:1:3 template-name: name.length is not in the view"],
    "is found among what every object has": [
      "{{constructor}}{{toString}}{{author.__proto__}}",
      "a.hbs:1:3 template-name: constructor is not in the view",
      "a.hbs:1:18 template-name: toString is not in the view",
      "a.hbs:1:30 template-name: author.__proto__ is not in the view",
    ],
    "is found among Handlebars' own": [
      "{{#each words}}{{@index}}{{/each}}{{@root.name}}",
      "a.hbs:1:18 template-name: @index is not in the view",
      "a.hbs:1:37 template-name: @root.name is not in the view",
    ],
  };
  for (const [title, [text, ...expected]] of Object.entries(cases))
    it(title, () => assert.deepEqual(complaintsOf(text), expected));

  it("is found above the view", () => {
    for (const text of ["{{../name}}", "{{..}}", "{{#each words}}{{../../name}}{{/each}}"])
      assert.match(complaintsOf(text)[0] ?? "", /template-name: \.\..* (is above|is not in) the view/, text);
  });
  it("is found in a partial, at its place there", () =>
    assert.deepEqual(complaintsOf("{{> who}}", { who: "\n{{whom}}" }), [
      "partials/who.hbs:2:3 template-name: whom is not in the view",
    ]));
  it("is found in a partial for the place that it is used in", () => {
    assert.deepEqual(
      complaintsOf("{{> tag}}{{#each pairs}}{{#each images}}{{> tag}}{{/each}}{{/each}}", { tag: "{{tag}}" }),
      ["partials/tag.hbs:1:3 template-name: tag is not in the view"],
    );
  });
  it("keeps nothing of the template from being rendered but all of it", () =>
    assert.equal(compile("a {{nmae}}").render(view), ""));
});

describe("what templates may not do", () => {
  const refused: Readonly<Record<string, RegExp>> = {
    "{{pairs}}": /template-name: this is not text/,
    "{{#each name}}x{{/each}}": /template-name: this is not a list/,
    "{{#with name}}x{{/with}}": /template-name: this is not an object/,
    "{{#with pairs}}x{{/with}}": /template-name: this is not an object/,
    "{{shout name}}": /template-syntax: .*no helpers/,
    "{{#eq name note}}x{{/eq}}": /template-name: the only blocks are #if, #unless, #each, #with/,
    "{{#if (eq name note)}}x{{/if}}": /template-syntax: write the name/,
    '{{#if "yes"}}x{{/if}}': /template-syntax: write the name/,
    "{{1}}": /template-syntax: write the name/,
    "{{lookup author 'name'}}": /template-syntax/,
    '{{#*inline "x"}}{{/inline}}': /template-syntax: DecoratorBlock/,
    "{{> who author}}": /template-syntax: a partial .*takes the view as it is/,
    "{{> who name=note}}": /template-syntax: a partial .*takes the view as it is/,
    "{{> (lookup author 'name')}}": /template-syntax: write the name of a partial/,
    "{{> whom}}": /missing-file: there is no partial whom \(did you mean who\?\)/,
    "{{> itself}}": /template-syntax: the partial itself includes itself/,
  };
  for (const [text, expected] of Object.entries(refused)) {
    it(`is ${text}`, () => {
      const complaints = complaintsOf(text, { who: "{{name}}", itself: "{{> itself}}" });
      assert.equal(complaints.length, 1);
      assert.match(complaints[0] ?? "", expected);
    });
  }
});

describe("a template that is not well-formed", () => {
  const broken: Readonly<Record<string, readonly [string, string]>> = {
    "has a block that is still open": [
      "a\n{{#if name}}\nb\n",
      "4:1 template-syntax: not well-formed Handlebars: a block is still open at the end of the file",
    ],
    "closes another block than it opened": [
      "{{#if name}}\n{{/each}}",
      "1:1 template-syntax: not well-formed Handlebars: if doesn't match each",
    ],
    "closes a block that it did not open": [
      "a\n{{/if}}",
      "2:1 template-syntax: not well-formed Handlebars: the end of a block that was not opened",
    ],
    "has an else of its own": [
      "{{else}}",
      "1:1 template-syntax: not well-formed Handlebars: an {{else}} that belongs to no block",
    ],
    "has no name between the braces": [
      "a\n{{}}",
      "2:1 template-syntax: not well-formed Handlebars: }} where a name should be, or fewer of them than of {{",
    ],
    "has one brace too few": [
      "{{name}\n",
      "1:1 template-syntax: not well-formed Handlebars: a character that cannot stand here",
    ],
  };
  for (const [title, [text, expected]] of Object.entries(broken))
    it(title, () => assert.deepEqual(complaintsOf(text), [`a.hbs:${expected}`]));

  it("is complained of in its partial", () =>
    assert.deepEqual(
      complaintsOf("{{> who}}", { who: "{{" }).map((text) => text.slice(0, 36)),
      ["partials/who.hbs:1:1 template-syntax"],
    ));
});
