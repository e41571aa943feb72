import { z } from "zod";
import { Failure } from "../model/failure.js";
import { parseTag, type Tag } from "../model/reference.js";
import { pathOf, scopeOf } from "./registry-address.js";
import type { HttpAnswer } from "./registry-http.js";
import { nextQuery } from "./registry-pages.js";
import type { Session } from "./registry-session.js";
import { parseJson } from "./registry-text.js";

const mostPages = 1000;
const tagList = z.object({ tags: z.array(z.string()).nullish() });

/** All tags of a repository, page by page; none where there is no such repository ("Listing Tags"). */
export async function listTags(session: Session, repository: string, pageSize: number): Promise<readonly Tag[]> {
  const tags = new Set<Tag>();
  let query: string | undefined = `?n=${pageSize}`;
  for (let pages = 0; query !== undefined; pages += 1) {
    if (pages === mostPages) throw new Failure(`it has more than ${mostPages * pageSize} tags`);
    const path = `${pathOf(repository)}/tags/list${query}`;
    const answer = await session.ask({ method: "GET", path, scope: scopeOf(repository, "pull"), also: [404] });
    if (answer.status === 404) break;
    const found = readTags(answer.body);
    const before = tags.size;
    for (const tag of found) tags.add(tag);
    // A registry that knows no pages repeats itself, and one that is broken may go in circles.
    query = tags.size === before ? undefined : queryAfter(answer, found, pageSize);
  }
  return [...tags].sort();
}

/** The query of the next page: the one that is named, or after the last tag where a page without one is full. */
function queryAfter(answer: HttpAnswer, found: readonly Tag[], pageSize: number): string | undefined {
  return nextQuery(answer) ?? (found.length === pageSize ? `?n=${pageSize}&last=${found.at(-1)}` : undefined);
}

function readTags(body: Uint8Array): readonly Tag[] {
  const { data } = tagList.safeParse(parseJson(body));
  const tags = data?.tags?.map(parseTag) ?? [];
  if (data === undefined || tags.includes(undefined)) throw new Failure("what it answered is no list of tags");
  return tags.filter((tag) => tag !== undefined);
}
