<?php
// Each body of a JSON array, as http_build_query encodes it.
$bodies = json_decode(file_get_contents("php://stdin"), true);
echo json_encode(array_map(fn($body) => http_build_query($body), $bodies));
