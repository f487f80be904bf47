import { issuerSchema, type TokenIssuer } from '../core/access/issuer';
import { RepriseError } from '../core/errors';
import { readYaml } from './files';

/** The issuer that the file of `--issuer` describes. @throws RepriseError INPUT_INVALID that names each wrong place. */
export async function issuerIn(file: string | undefined): Promise<TokenIssuer | undefined> {
  if (file === undefined) return undefined;
  const parsed = issuerSchema.safeParse(await readYaml(file));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({
    code: 'INPUT_INVALID' as const,
    path: path.join('.'),
    message,
  }));
  const places = problems.map(({ path, message }) => `${path || 'the file'}: ${message}`);
  throw new RepriseError('INPUT_INVALID', `${file} describes no issuer: ${places.join('; ')}`, { problems });
}
