// The list of all addresses on the page for programmers: Swagger UI over our own schema, writing with the session of whoever reads.
(() => {
  "use strict";
  const place = document.getElementById("addresses");
  const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  SwaggerUIBundle({
    url: place.dataset.schema, domNode: place, deepLinking: true, docExpansion: "none", filter: true, defaultModelsExpandDepth: -1,
    persistAuthorization: false, validatorUrl: null, syntaxHighlight: false,
    requestInterceptor: (request) => {
      if (!/^(GET|HEAD)$/i.test(request.method || "GET")) request.headers["X-CSRFToken"] = cookie("csrftoken") || "";
      return request;
    },
  });
})();
