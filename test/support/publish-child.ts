import { Failure } from "../../src/model/failure.js";
import { endOnSignals } from "../../src/ports/interruption.js";
import { type Publication, publishCatalog } from "./publish-world.js";

/** A program that publishes, to be killed: `node publish-child.js '{"build":…,"host":…}'`. Ends with 1 and a message where it fails. */
endOnSignals({ begins: () => {}, ended: (signal) => process.stderr.write(`ended by ${signal}`) });
try {
  await publishCatalog(JSON.parse(process.argv[2] ?? "") as Publication);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${[error.message, ...error.log].join("; ")}\n`);
  process.exitCode = 1;
}
