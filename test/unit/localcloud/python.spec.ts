import { findPython } from '../../../lib/localcloud/python';

describe('findPython', () => {
  it('takes the first that can make a virtual environment', async () => {
    const asked: string[] = [];
    const python = await findPython(async (program) => {
      asked.push(program);
      return program === 'python3.12';
    });
    expect(python).toBe('python3.12');
    expect(asked).toEqual(['python3', 'python3.13', 'python3.12']);
  });

  it('says how to install one when there is none', async () => {
    await expect(findPython(async () => false)).rejects.toMatchObject({
      code: 'LOCAL_CLOUD',
      message: expect.stringMatching(/apt-get install -y python3 python3-venv[\s\S]*brew install/),
    });
  });
});
