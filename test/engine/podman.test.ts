import { createPodman } from "../../src/ports/podman.js";
import { describeEngine } from "../support/describe-engine.js";

describeEngine("podman", createPodman);
