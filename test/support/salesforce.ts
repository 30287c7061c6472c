/** A credential whose every URL is the sandbox's, with what a test changes of it. */
export function salesforceCredential(url: string, change: Record<string, unknown> = {}) {
  return {
    token_url: `${url}/services/oauth2/token`,
    client_id: 'FICTITIOUS_CLIENT',
    client_secret: 'core secret!/+',
    username: 'api@example.com',
    password: 'password"and+token',
    operacao: 'OPERACAO_FICTICIA',
    automation_id: '00000000-0000-4000-8000-0000000000a1',
    mc_token_url: `${url}/v2/token`,
    mc_client_id: 'fictitious-mc-client',
    mc_client_secret: 'mc-secret-value',
    mc_api_url: url,
    ens_signature_key: 'FAKE_ENS_SIGNATURE_KEY',
    ...change,
  }
}

/** What must never be seen of it. */
export const SALESFORCE_SECRETS = ['core secret', 'core+secret', 'password"and', 'mc-secret-value', 'FAKE_ENS']

/** Runs an automation of the sandbox as a user of Salesforce would. */
export async function runAutomation(url: string, id: string): Promise<Response> {
  return asMarketingCloud(url, `${id}/actions/runallonce`, { method: 'POST', body: '{}' })
}

/** @returns what GET /automation/v1/automations/{id} says */
export async function readAutomation(
  url: string,
  id: string,
): Promise<{ statusId: number; lastRunInstanceId?: string }> {
  return (await asMarketingCloud(url, id, {})).json() as never
}

async function asMarketingCloud(url: string, path: string, init: RequestInit): Promise<Response> {
  const token = await fetch(`${url}/v2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type: 'client_credentials', client_id: 'a test', client_secret: 'a test' }),
  })
  const { access_token } = (await token.json()) as { access_token: string }
  return fetch(`${url}/automation/v1/automations/${path}`, {
    ...init,
    headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
  })
}
