import { createDocker } from "../../src/ports/docker.js";
import { describeEngine } from "../support/describe-engine.js";

describeEngine("docker", createDocker);
