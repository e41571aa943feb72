import { runCommandLine } from "./cli.js";
import { endWithReader } from "./reporters/output.js";

endWithReader();
process.exitCode = await runCommandLine(process.argv.slice(2));
