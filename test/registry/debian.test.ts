import { describeHttpRegistry } from "../support/describe-http-registry.js";
import { requireRegistry, startRegistry } from "../support/registry-server.js";

describeHttpRegistry("Debian's docker-registry", (suite) => {
  requireRegistry(suite);
  return startRegistry();
});
