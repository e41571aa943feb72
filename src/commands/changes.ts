import { ok, type Result } from "../model/diagnostic.js";
import { type PublishedChanges, readPublishedChanges } from "../stages/published-changes.js";
import { parsePublished } from "./published.js";

/** What changed in what was published under a reference. Throws a Failure where it cannot be read. */
export async function changes(reference: string, plainHttp: boolean): Promise<Result<readonly PublishedChanges[]>> {
  const parsed = parsePublished(reference, plainHttp);
  return parsed.ok ? ok(await readPublishedChanges(parsed.value.name, parsed.value.place)) : parsed;
}
