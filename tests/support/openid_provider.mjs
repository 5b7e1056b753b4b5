// A provider of identities that tells what ACM/IDM tells, for tests and demos: node openid_provider.mjs CONFIG [PORT]
//
// The configuration: {"app": "bisdesk", "acr": ["urn:..."], "id_token_s": 3600, "clients": [...], "users": {"Anna Peeters": {claims}}}.
// People are chosen on its form by name; there are no passwords. It listens on this machine only: `ready ADDRESS`.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const HOST = '127.0.0.1';
const [configPath, wantedPort = '0'] = process.argv.slice(2);
const { app = 'bisdesk', acr = [], id_token_s: idTokenS = 3600, clients, users } = JSON.parse(readFileSync(configPath, 'utf8'));

const server = createServer();
process.stdout.on('error', () => {}); // whoever started it need not listen for ever
server.listen(Number(wantedPort), HOST, () => {
  const issuer = `http://${HOST}:${server.address().port}`;
  const provider = providerAt(issuer);
  const others = provider.callback();
  server.on('request', (request, response) => {
    const path = new URL(request.url, issuer).pathname;
    const ours = path.startsWith('/interaction/');
    const answer = ours ? interaction(provider, request, response) : others(request, response);
    Promise.resolve(answer).catch(() => response.writeHead(400).end('begin again'));
  });
  process.stdout.write(`ready ${issuer}\n`);
});

function providerAt(issuer) {
  return new Provider(issuer, {
    clients,
    acrValues: acr,
    claims: {
      openid: ['sub'],
      profile: ['given_name', 'family_name'],
      email: ['email', 'email_verified'],
      vo: ['vo_id', 'vo_doelgroepcode', 'vo_orgcode', 'vo_orgnaam'],
      rrn: ['rrn'],
      [app]: [`${app}_rol_3d`],
    },
    conformIdTokenClaims: false, // ACM/IDM puts them into the id_token
    cookies: { keys: [secret()] },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true, logoutSource } },
    findAccount: (_, subject) => {
      const name = Object.keys(users).find((one) => subjectOf(one) === subject);
      return name && { accountId: subject, claims: () => ({ sub: subject, ...told(name) }) };
    },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    jwks: { keys: [signingKey()] },
    loadExistingGrant,
    pkce: { required: () => true },
    ttl: { IdToken: idTokenS },
  });
}

// Whoever signs in has agreed: an organisation agrees for its people, so there is no page for it.
async function loadExistingGrant(ctx) {
  const { client, session, params, provider } = ctx.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(params.scope);
  await grant.save();
  return grant;
}

async function interaction(provider, request, response) {
  const { uid, params } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    page(response, formOf(uid));
    return;
  }
  const form = new URLSearchParams(await body(request));
  const name = form.get('user');
  const acr = users[name]?.acr ?? params.acr_values?.split(' ')[0];
  const login = { accountId: subjectOf(String(name)), acr, remember: false };
  const result = users[name] ? { login } : { error: 'access_denied', error_description: 'cancelled' };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function body(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return text;
}

function formOf(uid) {
  const names = Object.keys(users).map(safe);
  const buttons = names.map((name) => `<p><button name="user" value="${name}">${name}</button></p>`);
  return `<form method="post" action="/interaction/${safe(uid)}">${buttons.join('')}
    <p><button name="cancel" value="yes">Annuleren</button></p></form>`;
}

async function logoutSource(ctx, form) {
  ctx.body = html(`${form}<button form="op.logoutForm" name="logout" value="yes">Afmelden</button>`);
}

function page(response, content) {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
  response.writeHead(200, headers).end(html(content));
}

function html(content) {
  return `<!doctype html><html lang="nl"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>Aanmelden</title><main><h1>Wie bent u?</h1>${content}</main></html>`;
}

// What a provider calls a person; two names that differ in their letters are two people.
function subjectOf(name) {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

function told(name) {
  const { acr: _, ...claims } = users[name];
  return claims;
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: secret(), use: 'sig' };
}

function secret() {
  return randomBytes(16).toString('hex');
}

function safe(text) {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
