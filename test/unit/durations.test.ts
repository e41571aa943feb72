import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ImageId, PairId } from "../../src/model/image.js";
import { openDurations } from "../../src/ports/durations.js";
import { useTemporaryFolder } from "../support/folders.js";

describe("durations of earlier runs", () => {
  const folder = useTemporaryFolder();
  const [image, pair] = ["lua/5.4/trixie/dev" as ImageId, "lua/5.4/trixie" as PairId];
  const all = new Set<string>([image, pair]);
  const open = () => openDurations("acme/images", folder());
  const file = () => join(folder(), "durations", "acme__images.json");
  const write = (text: string): void => {
    mkdirSync(dirname(file()), { recursive: true });
    writeFileSync(file(), text);
  };
  const remember = (ids = all): void => {
    const store = open();
    store.hear({ type: "built", subject: image, ms: 4200, size: 1 });
    store.hear({ type: "built", subject: image, ms: 9000, size: 1, platform: "linux/arm64" });
    store.hear({ type: "tested", subject: pair, ms: 700, checks: 1 });
    store.hear({ type: "kept", stage: "build", subject: image });
    store.save(ids);
  };

  it("are none at first, and afterwards what builds and tests took, by platform", () => {
    assert.deepEqual([open().known.build.size, open().known.test.size], [0, 0]);
    remember();
    const { known } = open();
    assert.deepEqual(Object.fromEntries(known.build), { [image]: 4200, [`${image} linux/arm64`]: 9000 });
    assert.deepEqual([...known.test], [[pair, 700]]);
  });

  it("stay when another run builds nothing, and are replaced when one does", () => {
    remember();
    const before = readFileSync(file(), "utf8");
    open().save(all);
    assert.equal(readFileSync(file(), "utf8"), before);
    const store = open();
    store.hear({ type: "built", subject: image, ms: 100, size: 1 });
    store.save(all);
    assert.equal(open().known.build.get(image), 100);
    assert.equal(open().known.test.get(pair), 700);
  });

  it("of what the catalog has no more are dropped", () => {
    remember(new Set([pair]));
    assert.equal(open().known.build.size, 0);
    assert.equal(open().known.test.size, 1);
  });

  for (const text of ["", "{", "null", "[]", '"x"', '{"build":7}', '{"build":null}', '{"build":[1,2]}'])
    it(`are none where the file is broken: ${JSON.stringify(text)}`, () => {
      write(text);
      assert.equal(open().known.test.size, 0);
      assert.doesNotThrow(remember);
      assert.equal(open().known.build.get(image), 4200);
    });

  it("that are no durations are passed over", () => {
    write('{"build":{"a":-1,"b":1e99,"c":"7","d":null,"e":7},"test":{"__proto__":7}}');
    assert.deepEqual([...open().known.build], [["e", 7]]);
  });

  it("that cannot be kept are no failure: the cache may be a file, or gone", () => {
    const cache = join(folder(), "file");
    writeFileSync(cache, "");
    const store = openDurations("acme", cache);
    store.hear({ type: "built", subject: image, ms: 1, size: 1 });
    assert.doesNotThrow(() => store.save(all));
  });

  it("leave no other file behind", () => {
    remember();
    assert.deepEqual(readdirSync(dirname(file())), ["acme__images.json"]);
  });
});
