import { Failure } from "../../src/model/failure.js";
import { type Publication, publishCatalog } from "./publish-world.js";

/** A program that publishes, to be killed: `node publish-child.js '{"build":…,"host":…}'`. Ends with 1 and a message where it fails. */
try {
  await publishCatalog(JSON.parse(process.argv[2] ?? "") as Publication);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${[error.message, ...error.log].join("; ")}\n`);
  process.exitCode = 1;
}
