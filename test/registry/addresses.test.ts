import assert from "node:assert/strict";
import { Failure } from "../../src/model/failure.js";
import { createRegistry } from "../../src/ports/registry.js";
import { realmUrl, registryUrl, uploadUrl } from "../../src/ports/registry-address.js";
import { redirectTarget } from "../../src/ports/registry-http.js";
import { failureOf } from "../support/failures.js";
import { answer, image, repository, useFalteringRegistry } from "../support/faltering-registry.js";
import type { Fault } from "../support/memory-registry.js";
import { tag } from "../support/push.js";

describe("a registry", () => {
  const acme = useFalteringRegistry();

  describe("with redirects", () => {
    const redirect = (location: string): Fault => answer(307, { location });

    it("is followed to the end of a few and not around a circle", async () => {
      const circle = redirect(`/v2/${repository}/manifests/24`);
      acme.times(5, "GET", circle);
      await acme.isRead();
      acme.times(6, "GET", circle);
      assert.equal(await acme.failsToRead(), "it redirects more than 5 times");
    });

    for (const location of ["ftp://127.0.0.1/", "http://ada:x@127.0.0.1/", "http://", "javascript:1"]) {
      it(`is not followed to ${location}`, async () => {
        acme.server.inject("GET", redirect(location));
        assert.equal(await acme.failsToRead(), "it redirects to what is no URL to follow");
      });
    }

    it("is not followed with a manifest to write", async () => {
      acme.server.inject("PUT", redirect("/elsewhere"));
      assert.match(
        await failureOf(acme.registry.putManifest(repository, tag("25"), image)),
        /:25: it redirects a PUT, which is not followed$/,
      );
    });

    it("is not followed out of HTTPS", () => {
      const from = new URL("https://registry.example/v2/");
      assert.throws(
        () => redirectTarget("GET", from, "http://registry.example/v2/"),
        new Failure("it redirects from HTTPS to plain HTTP at registry.example"),
      );
      assert.equal(redirectTarget("GET", from, "//storage.example/x").href, "https://storage.example/x");
    });
  });

  it("is not asked for what is no name of a repository", async () => {
    const before = acme.server.requests().length;
    for (const name of ["../admin", "acme/../../x", "acme?x", "Acme", "acme\nnode", ""]) {
      assert.match(
        await failureOf(acme.registry.digestOf(name, tag("24"))),
        /that is not the name of a repository$/,
        name,
      );
      assert.match(await failureOf(acme.registry.tags(name)), /that is not the name of a repository$/, name);
    }
    assert.equal(acme.server.requests().length, before);
  });
});

describe("the address of a registry", () => {
  it("is plain HTTP on loopback only, or where that is asked for", () => {
    const addresses: Readonly<Record<string, string>> = {
      "127.0.0.1:5000": "http://127.0.0.1:5000/",
      "127.9.9.9": "http://127.9.9.9/",
      "localhost:5000": "http://localhost:5000/",
      "[::1]:5000": "http://[::1]:5000/",
      "registry.example": "https://registry.example/",
      "127.0.0.1.example": "https://127.0.0.1.example/",
      "localhost.example:5000": "https://localhost.example:5000/",
      "10.0.0.1:5000": "https://10.0.0.1:5000/",
      "[::2]:5000": "https://[::2]:5000/",
    };
    for (const [host, url] of Object.entries(addresses)) assert.equal(registryUrl(host).href, url);
    assert.equal(registryUrl("registry.example:5000", true).href, "http://registry.example:5000/");
    assert.equal(registryUrl("127.0.0.1:5000", false).href, "https://127.0.0.1:5000/");
  });

  it("of its token server is HTTPS, unless both are near and the registry itself is not", () => {
    const allows = (realm: string, registry: string): boolean => {
      try {
        return realmUrl(realm, new URL(registry)).href === realm;
      } catch (error) {
        if (error instanceof Failure) return false;
        throw error;
      }
    };
    assert.equal(allows("https://auth.example/token", "https://registry.example/"), true);
    assert.equal(allows("https://auth.example/token", "http://127.0.0.1:5000/"), true);
    assert.equal(allows("http://127.0.0.1:5001/token", "http://registry.example/"), true);
    assert.equal(allows("http://registry.example:5001/token", "http://registry.example/"), true);
    assert.equal(allows("http://127.0.0.1:5001/token", "https://registry.example/"), false);
    assert.equal(allows("http://registry.example/token", "https://registry.example/"), false);
    assert.equal(allows("http://auth.example/token", "http://registry.example/"), false);
  });

  it("of an upload is where the registry says, and HTTPS unless it is near and the registry itself is not", () => {
    const digest = "sha256:1";
    const place = (location: string, registry: string): string => {
      try {
        return uploadUrl(location, new URL(registry), digest).href;
      } catch (error) {
        if (error instanceof Failure) return error.message;
        throw error;
      }
    };
    const near = "http://127.0.0.1:5000/";
    const far = "https://registry.example/";
    const noUrl = "it wants the upload at what is no URL";
    const places: readonly (readonly [string, string, string])[] = [
      ["/v2/x/blobs/uploads/1", near, `${near}v2/x/blobs/uploads/1?digest=sha256%3A1`],
      ["/u?_state=a%2Bb+c==&x", near, `${near}u?_state=a%2Bb+c==&x&digest=sha256%3A1`],
      [`${near}u?s=1`, near, `${near}u?s=1&digest=sha256%3A1`],
      ["http://127.0.0.1:5001/u", near, "http://127.0.0.1:5001/u?digest=sha256%3A1"],
      ["https://storage.example/u?s=1", near, "https://storage.example/u?s=1&digest=sha256%3A1"],
      ["https://storage.example/u", far, "https://storage.example/u?digest=sha256%3A1"],
      // A registry behind a proxy that ends TLS.
      ["http://registry.example:80/u?s=1", far, `${far}u?s=1&digest=sha256%3A1`],
      ["http://storage.example/u", far, "it wants the upload at storage.example, which does not speak HTTPS"],
      ["http://127.0.0.1/u", far, "it wants the upload at 127.0.0.1, which does not speak HTTPS"],
      ["http://storage.example/u", near, "it wants the upload at storage.example, which does not speak HTTPS"],
      ["ftp://127.0.0.1/u", near, "it wants the upload at 127.0.0.1, which does not speak HTTPS"],
      ["https://ada:pw@registry.example/u", far, noUrl],
      ["http://", near, noUrl],
      ["", near, noUrl],
    ];
    for (const [location, registry, expected] of places) assert.equal(place(location, registry), expected, location);
  });

  it("is Docker Hub's own", () => {
    assert.equal(registryUrl("docker.io").href, "https://registry-1.docker.io/");
  });

  it("is made of a host and nothing more", () => {
    for (const host of [
      "",
      "a b",
      "https://registry.example",
      "registry.example/acme",
      "ada@registry.example",
      "registry.example:99999",
      "127.0.0.1:5000\n",
    ]) {
      assert.throws(
        () => createRegistry({ host }),
        (error) => error instanceof Failure && /^".*" is not the host of a registry$/.test(error.message),
        host,
      );
    }
  });
});
