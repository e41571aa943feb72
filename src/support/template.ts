import Handlebars from "handlebars";
import type { Diagnostic } from "../model/diagnostic.js";
import { parseTemplate, placeOfLines, type TemplateSource } from "./template-syntax.js";
import { suggestion } from "./validate.js";

export type { TemplateSource } from "./template-syntax.js";

/** The names that a view has: `true` for a value, a shape for an object, a list of one shape for a list. */
export type Shape = true | readonly [Shape] | { readonly [name: string]: Shape };

/** The shape that a view's type must have; keeps the shapes that templates are checked against true to the code. */
export type ShapeOf<T> = T extends readonly (infer Item)[]
  ? readonly [ShapeOf<Item>]
  : T extends string | number | boolean | undefined
    ? true
    : { readonly [Key in keyof T]-?: ShapeOf<Exclude<T[Key], undefined>> };

/** What a template writes: text as it is, or HTML, in which every string that it places is text or an attribute's value, whatever it holds. */
export type Writes = "text" | "html";

export interface Compiled {
  readonly render: (view: object) => string;
  readonly complaints: readonly Diagnostic[];
}

// Blocks that test for presence and repeat. Nothing that computes: what to place is decided before.
const blocks = new Set(["if", "unless", "each", "with"]);

/** Compiles a template, and checks every name in it, and in its partials, against the view it will be given. */
export function compileTemplate(
  source: TemplateSource,
  shape: Shape,
  partials: ReadonlyMap<string, TemplateSource>,
  writes: Writes = "text",
): Compiled {
  const complaints = checkTemplate(source, shape, partials, writes);
  if (complaints.length > 0) return { render: () => "", complaints };
  const instance = Handlebars.create();
  for (const [name, partial] of partials) instance.registerPartial(name, partial.text);
  const render = instance.compile(source.text, {
    // As HTML: & < > " ' ` = become references, so that nothing placed between quotes or tags ends them.
    noEscape: writes === "text",
    strict: true,
    knownHelpersOnly: true,
    preventIndent: true,
    // No @index and the like, which no view has, and which cost each item of a list a new object.
    data: false,
  });
  return { render: (view) => render(view), complaints };
}

interface Scope {
  readonly source: TemplateSource;
  readonly partials: ReadonlyMap<string, TemplateSource>;
  readonly writes: Writes;
  /** Shapes from the innermost block to the view. */
  readonly shapes: readonly Shape[];
  /** Names of the partials that led here. */
  readonly trail: readonly string[];
  /** How many blocks and partials are open. */
  readonly depth: number;
}

// Far more than anybody can read; compiling and rendering call themselves for each.
const deepest = 50;

function checkTemplate(
  source: TemplateSource,
  shape: Shape,
  partials: ReadonlyMap<string, TemplateSource>,
  writes: Writes,
  trail: readonly string[] = [],
): readonly Diagnostic[] {
  const parsed = parseTemplate(source);
  return Array.isArray(parsed)
    ? parsed
    : checkProgram(parsed as hbs.AST.Program, { source, partials, writes, shapes: [shape], trail, depth: 0 });
}

const checkProgram = (program: hbs.AST.Program, scope: Scope): readonly Diagnostic[] =>
  program.body.flatMap((node) => checkNode(node, scope));

function checkNode(node: hbs.AST.Node, scope: Scope): readonly Diagnostic[] {
  switch (node.type) {
    case "MustacheStatement":
      return checkMustache(node as hbs.AST.MustacheStatement, scope);
    case "BlockStatement":
      return checkBlock(node as hbs.AST.BlockStatement, scope);
    case "PartialStatement":
      return checkPartial(node as hbs.AST.PartialStatement, scope);
    case "ContentStatement":
    case "CommentStatement":
      return [];
    default:
      return [complain(scope, node, "template-syntax", `${node.type} is not supported in templates`)];
  }
}

function checkMustache(node: hbs.AST.MustacheStatement, scope: Scope): readonly Diagnostic[] {
  if (node.params.length > 0 || node.hash !== undefined)
    return [
      complain(scope, node.path, "template-syntax", "templates place strings: there are no helpers that compute"),
    ];
  if (scope.writes === "html" && !node.escaped)
    return [complain(scope, node.path, "template-syntax", "write it as {{name}}: what HTML places is always escaped")];
  const found = lookUp(node.path, scope);
  if ("complaint" in found) return [found.complaint];
  return found.shape === true
    ? []
    : [complain(scope, node.path, "template-name", "this is not text: name one of its parts")];
}

function checkBlock(node: hbs.AST.BlockStatement, scope: Scope): readonly Diagnostic[] {
  const name = (node.path as hbs.AST.PathExpression).original;
  const [subject] = node.params;
  if (!blocks.has(name) || subject === undefined || node.params.length !== 1 || node.hash !== undefined) {
    return [
      complain(
        scope,
        node.path,
        "template-name",
        `the only blocks are ${[...blocks].map((block) => `#${block}`).join(", ")}, each of one name`,
      ),
    ];
  }
  if (scope.depth === deepest)
    return [complain(scope, node.path, "template-syntax", `blocks are nested more than ${deepest} deep`)];
  const found = lookUp(subject, scope);
  // What is asked of a wrong name still has names of its own; what goes through or into it has none that could be known.
  if ("complaint" in found) {
    const asks = name === "if" || name === "unless";
    return [found.complaint, ...(asks ? checkBodies(node, scope, scope) : [])];
  }
  const inner = innerScope(name, found.shape, scope);
  if (inner === undefined)
    return [
      complain(
        scope,
        subject,
        "template-name",
        `this is not ${name === "with" ? "an object" : "a list"}: #${name} cannot go into it`,
      ),
    ];
  return checkBodies(node, inner, scope);
}

function checkBodies(node: hbs.AST.BlockStatement, inner: Scope, outer: Scope): readonly Diagnostic[] {
  const check = (body: hbs.AST.Program | undefined, scope: Scope) =>
    body === undefined ? [] : checkProgram(body, { ...scope, depth: scope.depth + 1 });
  return [...check(node.program, inner), ...check(node.inverse, outer)];
}

function innerScope(block: string, shape: Shape, scope: Scope): Scope | undefined {
  if (block === "if" || block === "unless") return scope;
  if (block === "with")
    return shape === true || Array.isArray(shape) ? undefined : { ...scope, shapes: [shape, ...scope.shapes] };
  return Array.isArray(shape) ? { ...scope, shapes: [shape[0] as Shape, ...scope.shapes] } : undefined;
}

function checkPartial(node: hbs.AST.PartialStatement, scope: Scope): readonly Diagnostic[] {
  if (node.name.type !== "PathExpression")
    return [complain(scope, node.name, "template-syntax", "write the name of a partial")];
  if (node.name.type !== "PathExpression" || node.params.length > 0 || node.hash !== undefined) {
    return [
      complain(scope, node, "template-syntax", "a partial has a name, and takes the view as it is: no arguments"),
    ];
  }
  const name = (node.name as hbs.AST.PathExpression).original;
  const partial = scope.partials.get(name);
  if (partial === undefined) {
    return [
      complain(
        scope,
        node.name,
        "missing-file",
        `there is no partial ${name}${suggestion(name, [...scope.partials.keys()])}`,
      ),
    ];
  }
  if (scope.trail.includes(name))
    return [complain(scope, node.name, "template-syntax", `the partial ${name} includes itself`)];
  return checkTemplate(partial, scope.shapes[0] ?? {}, scope.partials, scope.writes, [...scope.trail, name]);
}

type Found = { readonly shape: Shape } | { readonly complaint: Diagnostic };

function lookUp(expression: hbs.AST.Node, scope: Scope): Found {
  if (expression.type !== "PathExpression")
    return { complaint: complain(scope, expression, "template-syntax", "write the name of a part of the view") };
  const path = expression as hbs.AST.PathExpression;
  if (path.data) return { complaint: complain(scope, path, "template-name", `${path.original} is not in the view`) };
  let shape = scope.shapes[path.depth];
  if (shape === undefined)
    return { complaint: complain(scope, path, "template-name", `${path.original} is above the view`) };
  for (const part of path.parts as readonly string[]) {
    const names: Record<string, Shape> = shape === true || Array.isArray(shape) ? {} : (shape as Record<string, Shape>);
    if (!Object.hasOwn(names, part)) {
      return {
        complaint: complain(
          scope,
          path,
          "template-name",
          `${path.original} is not in the view${suggestion(part, Object.keys(names))}`,
        ),
      };
    }
    shape = names[part] as Shape;
  }
  return { shape };
}

function complain(scope: Scope, node: hbs.AST.Node, rule: Diagnostic["rule"], message: string): Diagnostic {
  return { rule, message, place: placeOfLines(scope.source, node.loc.start, node.loc.end) };
}
