import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import type { Signer } from '../archive/signature';
import { upstream } from './aws-errors';

/** What KMS takes as it is; past it only a digest. */
const MAX_BYTES = 4_096;

/** Signs by a key on P-256 that never leaves KMS. Its public half is asked for once. */
export function createKmsSigner(client: KMSClient, KeyId: string): Signer {
  let asked: Promise<string> | undefined;

  async function askPublicKey(): Promise<string> {
    const { PublicKey } = await upstream('KMS read', () => client.send(new GetPublicKeyCommand({ KeyId })));
    return Buffer.from(PublicKey as Uint8Array).toString('base64');
  }

  return async (bytes) => {
    if (bytes.length > MAX_BYTES)
      throw new Error(`KMS signs ${MAX_BYTES} bytes at most, not ${bytes.length}`);
    asked ??= askPublicKey();
    asked.catch(() => {
      asked = undefined;
    });
    const command = new SignCommand({
      ...{ KeyId, Message: bytes, MessageType: 'RAW', SigningAlgorithm: 'ECDSA_SHA_256' },
    });
    const { Signature } = await upstream('KMS sign', () => client.send(command));
    return { publicKey: await asked, signature: Buffer.from(Signature as Uint8Array).toString('base64') };
  };
}
