import { describeHttpRegistry } from "../support/describe-http-registry.js";
import { startMemoryRegistry } from "../support/memory-registry.js";

describeHttpRegistry("in this process", () => startMemoryRegistry());

describeHttpRegistry("in this process, which lists referrers, two on a page", () =>
  startMemoryRegistry({ referrers: "all", pageSize: 2 }),
);

describeHttpRegistry("in this process, which lists referrers of the type that is asked for", () =>
  startMemoryRegistry({ referrers: "of a type" }),
);
