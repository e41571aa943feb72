import assert from "node:assert/strict";
import { changesType, describeChanges, formatChanges, sbomType } from "../../src/model/changes.js";
import type { RepositoryName } from "../../src/model/reference.js";
import type { SbomEntry } from "../../src/model/sbom-reader.js";
import { createRegistry } from "../../src/ports/registry.js";
import { attachDocument } from "../../src/stages/attach.js";
import { readAttached } from "../../src/stages/published.js";
import { attachments, verifyPublished } from "../../src/stages/verify-published.js";
import { useRepository } from "../support/published.js";
import type { Content } from "../support/push.js";
import { type RegistryServer, requireRegistry, startRegistry } from "../support/registry-server.js";
import { sbomOf } from "../support/sbom.js";

const packages: readonly SbomEntry[] = [{ name: "lua5.4", version: "5.4.7-1", architecture: "amd64" }];
const repository = "acme/lua" as RepositoryName;

describe("a document that is attached to an image, in Debian's docker-registry", () => {
  let server: RegistryServer;

  before(async function () {
    requireRegistry(this);
    server = await startRegistry();
  });
  after(() => server?.stop());

  const descriptorOf = ({ mediaType, digest, bytes }: Content) => ({ mediaType, digest, size: bytes.length });

  async function attachAll() {
    const registry = createRegistry({ host: server.host });
    const image = await useRepository(server.host, repository).image();
    const place = { registry, repository, subject: descriptorOf(image) };
    const changes = describeChanges({ current: { digest: image.digest }, reasons: [], before: [], after: packages });
    const documents = [
      { type: sbomType, text: sbomOf(packages, { name: "ingot/lua", digest: image.digest }) },
      { type: changesType, text: formatChanges(changes) },
    ];
    const attach = async () => {
      for (const document of documents) await attachDocument(place, document);
    };
    await attach();
    return { registry, image, documents, attach };
  }

  it("is found by who verifies the image, and is what was attached", async () => {
    const { registry, image, documents } = await attachAll();
    const place = { registry, repository };
    const { images } = await verifyPublished(image.digest, { place, signature: async () => "signed" });
    assert.deepEqual([images[0]?.findings, images[0]?.packages], [[], 1]);
    const [sbom, ...more] = await readAttached(place, image.digest, attachments.sbom);
    assert.deepEqual([sbom?.ok && sbom.text, more], [documents[0]?.text, []]);
  });

  it("is written once: the second time nothing is", async () => {
    const { attach } = await attachAll();
    const before = (await server.requests()).length;
    await attach();
    const after = (await server.requests()).slice(before);
    assert.ok(after.length > 0);
    assert.deepEqual(
      after.filter(({ method }) => !["GET", "HEAD"].includes(method)),
      [],
    );
  });
});
