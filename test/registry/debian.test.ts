import { describeRegistry } from "../support/describe-registry.js";
import { requireRegistry, startRegistry } from "../support/registry-server.js";

describeRegistry("Debian's docker-registry", (suite) => {
  requireRegistry(suite);
  return startRegistry();
});
