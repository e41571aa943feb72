import "reflect-metadata";
import { KeyObject, webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

export interface ServerCertificate {
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
  /** Of the authority that signed it. */
  readonly authority: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * A certificate for `localhost`, and the authority that signs it and nothing else: its key is forgotten at once. Both have
 * every extension that RFC 5280 demands, as strict clients do.
 */
export async function makeServerCertificate(): Promise<ServerCertificate> {
  const [root, server] = [await newKeys(), await newKeys()];
  const authority = await X509CertificateGenerator.createSelfSigned({
    name: "CN=Ingot test authority",
    keys: root,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(root.publicKey),
    ],
  });
  const certificate = await X509CertificateGenerator.create({
    subject: "CN=localhost",
    issuer: authority.subject,
    publicKey: server.publicKey,
    signingKey: root.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([{ type: "dns", value: "localhost" }]),
      await SubjectKeyIdentifierExtension.create(server.publicKey),
      await AuthorityKeyIdentifierExtension.create(root.publicKey),
    ],
  });
  return {
    key: KeyObject.from(server.privateKey).export({ type: "pkcs8", format: "pem" }).toString(),
    certificate: certificate.toString("pem"),
    authority: authority.toString("pem"),
  };
}

const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
