/* global SwaggerUIBundle */
// The REST API to browse and to try, drawn from its document.
const token = sessionStorage.getItem('reprise.token');

const ui = SwaggerUIBundle({
  url: '../openapi.json',
  dom_id: '#api',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  filter: true,
  // Else every visitor's address of this engine would be told to a service that checks documents.
  validatorUrl: null,
  onComplete() {
    // Whoever comes from the page beside it has shown a token already.
    if (token) ui.preauthorizeApiKey('bearer', token);
  },
});
