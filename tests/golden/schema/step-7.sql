CREATE TABLE publisher_canary (
	list_id VARCHAR(255) NOT NULL, 
	email VARCHAR(320) NOT NULL, 
	PRIMARY KEY (list_id)
);

