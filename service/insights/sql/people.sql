-- What is left without automated visitors: everything after this speaks of people.
DELETE FROM acts WHERE number IN (SELECT number FROM automated);
DELETE FROM visitors WHERE number IN (SELECT number FROM automated);
