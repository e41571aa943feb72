import assert from "node:assert/strict";
import { failureOf } from "../support/failures.js";
import { image, repository, useFalteringRegistry } from "../support/faltering-registry.js";
import { pushImage, tag } from "../support/push.js";

describe("a registry", () => {
  const acme = useFalteringRegistry();

  describe("with pages of tags", () => {
    const names = ["a", "b", "c", "d", "e"];
    const pushTags = async (): Promise<void> => {
      await pushImage(acme.server.host, repository, "a", image);
      for (const name of names) await acme.registry.putManifest(repository, tag(name), image);
    };

    it("is followed from link to link", async () => {
      await acme.restart({ pageSize: 2 });
      await pushTags();
      assert.deepEqual(await acme.registry.tags(repository), names);
      const reads = acme.server.requests().filter(({ method }) => method === "GET");
      const queries = reads.map(({ path }) => path.split("?")[1]);
      assert.deepEqual(queries, ["n=1000", "last=b&n=2", "last=d&n=2"]);
    });

    it("is asked itself, whichever host a link names", async () => {
      await acme.restart({ pageSize: 4 });
      await pushTags();
      acme.server.inject("GET", {
        kind: "change",
        headers: { link: '<http://other.example/elsewhere?n=4&last=d>; rel="next"' },
      });
      assert.deepEqual(await acme.registry.tags(repository), names);
    });

    it("is asked for what comes after the last tag where there are no links", async () => {
      await acme.restart({ link: false });
      await pushTags();
      assert.deepEqual(await acme.client({ pageSize: 2 }).tags(repository), names);
    });

    it("is left where a link leads in a circle", async () => {
      await acme.restart({});
      await pushTags();
      for (let page = 0; page < 2; page += 1)
        acme.server.inject("GET", { kind: "change", headers: { link: '<?n=1000>; rel="next"' } });
      assert.deepEqual(await acme.registry.tags(repository), names);
      assert.equal(acme.served("GET").length, 2);
    });

    it("may have none", async () => {
      acme.server.inject("GET", { kind: "change", body: '{"name":"acme/node","tags":null}' });
      assert.deepEqual(await acme.registry.tags(repository), []);
    });

    for (const body of ["[]", "{", '{"tags":[7]}', '{"tags":["a b"]}', '{"tags":["../x"]}']) {
      it(`is refused where they are ${body}`, async () => {
        acme.server.inject("GET", { kind: "change", body });
        const message = await failureOf(acme.registry.tags(repository));
        assert.equal(
          message,
          `cannot list the tags of ${acme.server.host}/${repository}: what it answered is no list of tags`,
        );
      });
    }
  });
});
