<?php
// Encode each body of a JSON array with http_build_query.
$bodies = json_decode(file_get_contents("php://stdin"), true);
echo json_encode(array_map(fn($body) => http_build_query($body), $bodies));
