import { Failure } from "../model/failure.js";
import { oneLine } from "../support/text.js";
import type { Engine, RunRequest, Service } from "./engine.js";
import { linesOf } from "./engine-output.js";

/** Lines of a command or a service that are passed on, the last. */
const mostLines = 500;

/** The same engine; what it builds and runs is heard, each line, and before it the command. */
export function hearEngine(engine: Engine, hear: (line: string) => void): Engine {
  const hearAll = (text: string): void => {
    for (const line of linesOf(text).slice(-mostLines)) hear(line);
  };
  return {
    ...engine,
    build: (request) => engine.build({ ...request, onLine: hear }),
    run: async (request) => {
      hear(describeRun(request));
      const result = await engine.run(request);
      hearAll(result.stdout);
      hearAll(result.stderr);
      if (result.exitCode !== 0) hear(`exit status ${result.exitCode}`);
      return result;
    },
    serve: async (request) => {
      hear(`serve ${request.image}`);
      return hearService(await engine.serve(request), hearAll);
    },
  };
}

/** `$ python3 -c import ssl` */
const describeRun = ({ command }: RunRequest): string => `$ ${oneLine(command.join(" "))}`;

/** What a service said is known when it is to end. */
const hearService = (service: Service, hear: (text: string) => void): Service => ({
  ...service,
  stop: async () => {
    try {
      hear(await service.logs());
    } catch (error) {
      // Whether it can be stopped says more.
      if (!(error instanceof Failure)) throw error;
    }
    return service.stop();
  },
});
