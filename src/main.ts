import { runCommandLine } from "./cli.js";
import { endOnSignals, endUnread } from "./ports/interruption.js";
import { endWithReader, say } from "./reporters/output.js";

endWithReader(endUnread);
endOnSignals((signal) => say(`ingot: ended by ${signal}`));
process.exitCode = await runCommandLine(process.argv.slice(2));
