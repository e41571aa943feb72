import { describeRegistry } from "../support/describe-registry.js";
import { startMemoryRegistry } from "../support/memory-registry.js";

describeRegistry("in this process", () => startMemoryRegistry());
