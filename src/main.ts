import { runCommandLine } from "./cli.js";
import { endOnSignals, endUnread } from "./ports/interruption.js";
import { endWithReader, say, useScreen } from "./reporters/output.js";

endWithReader(endUnread);
endOnSignals({
  begins: (signal) => {
    useScreen(undefined);
    say(`ingot: ${signal}: stopping what runs; once more ends it at once`);
  },
  ended: (signal) => say(`ingot: ended by ${signal}`),
});
process.exitCode = await runCommandLine(process.argv.slice(2));
